import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'coatcheck-snapshot-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An app that has served a visitor before the snapshot is written, and serves one in each process that continues from it. */
const APP = `
  import v8 from 'node:v8';
  import { createSessions, memoryStore } from './src/index.ts';
  const sessions = createSessions({ store: memoryStore(), now: () => 1, initial: () => ({ views: 0 }) });
  const nothing = () => undefined;
  const request = { method: 'POST', host: 'shop.example', ip: undefined, header: nothing, query: nothing, form: nothing };
  async function serve() {
    const visit = sessions.open(request);
    await visit.session.update({ views: 1 });
    return visit.seal().find(([name]) => name === 'set-cookie')[1];
  }
  // Frozen, so that only the snapshot itself can drop what was drawn before it.
  const now = Date.now();
  Date.now = () => now;
  serve();
  v8.startupSnapshot.setDeserializeMainFunction(async () => console.log(await serve()));
`;

it('two processes that continue from one snapshot issue different tokens', { timeout: 60_000 }, () => {
  const [bundle, blob] = [join(folder, 'app.cjs'), join(folder, 'app.blob')];
  buildSync({
    stdin: { contents: APP, resolveDir: join(import.meta.dirname, '../..') },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['@coatcheck/source'],
  });
  execFileSync(process.execPath, ['--snapshot-blob', blob, '--build-snapshot', bundle], { stdio: 'pipe' });
  const start = () =>
    execFileSync(process.execPath, ['--snapshot-blob', blob, 'main.js'], { encoding: 'utf8' });
  const [one, other] = [start(), start()];
  expect(one).toMatch(/^__Host-session=[\w-]{65};/);
  expect(other).toMatch(/^__Host-session=[\w-]{65};/);
  expect(other).not.toBe(one);
});
