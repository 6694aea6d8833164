import { fileURLToPath } from 'node:url';

/** Makes Bun, Deno and Node.js resolve the packages to their sources. */
export const CONDITION = '--conditions=@coatcheck/source';

/** Returns the path of a binary that this package depends on. */
export const bin = (name: 'bun' | 'deno'): string =>
  fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
