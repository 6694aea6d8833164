import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { SqliteFile } from '../stores/sqlite-file.ts';
import { ServerProcess } from './server-process.ts';
import { childrenOf } from './testing/children.ts';

vi.setConfig({ testTimeout: 120_000 });

const store = new SqliteFile();
let server: ServerProcess | undefined;
afterEach(() => server?.stop());
afterAll(() => store.stop());

function start(patience?: number): Promise<ServerProcess> {
  const spec = { store: store.addressOf(), clock: 0, renewAfter: 60_000, renewalGrace: 60_000 };
  return ServerProcess.start(0, { framework: 'express', ...spec }, () => {}, patience);
}

describe('a server process', () => {
  it('that does not listen in time is an error, and is ended', async () => {
    const before = childrenOf(process.pid);
    await expect(start(1)).rejects.toThrow('Server 0 (express) did not listen within 1 ms');
    await vi.waitFor(() => expect(childrenOf(process.pid)).toEqual(before));
  });

  it('that is stuck does not hold up who tells it something', async () => {
    server = await start();
    server.pause();
    await expect(server.order({ disk: 'usual' }, 10)).rejects.toThrow('Server 0 was stuck for 10 ms');
    server.resume();
  });

  it('that ends does not hold up who tells it something', async () => {
    server = await start();
    server.pause();
    const order = server.order({ disk: 'usual' });
    await Promise.all([expect(order).rejects.toThrow('Server 0 ended'), server.kill()]);
    await expect(server.order({ disk: 'usual' })).rejects.toThrow('Server 0 does not run');
  });
});
