import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ServerSpec } from './spec.ts';

// Is loaded before a server under test: plants faults into the sources of the library.

const ROOT = new URL('../../../../', import.meta.url);

const [, , argument = ''] = process.argv;
const { plants = [] }: ServerSpec = JSON.parse(argument);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const mine = plants.filter(({ file }) => new URL(file, ROOT).href === url);
    if (mine.length === 0) return loaded;
    const source = mine.reduce((text, { find, replace }) => {
      const parts = text.split(find);
      if (parts.length !== 2) throw new Error(`${fileURLToPath(url)} has not exactly one place: ${find}`);
      return parts.join(replace);
    }, String(loaded.source));
    return { ...loaded, source };
  },
});
