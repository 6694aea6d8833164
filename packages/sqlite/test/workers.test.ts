import { testConcurrentCarts } from '@coatcheck/runtimes/concurrent-carts';
import { TOKEN } from '@coatcheck/runtimes/faulty-server';
import { afterAll, beforeAll } from 'vitest';
import { makeDirectory } from './support/directory.ts';
import { HranaServer } from './support/hrana-server.ts';

const FILE = new URL('./support/worker.ts', import.meta.url);

const directory = makeDirectory();
let server: HranaServer;
beforeAll(async () => {
  server = await HranaServer.start(directory.path());
});
afterAll(async () => {
  await server.stop();
  directory.remove();
});

testConcurrentCarts(FILE, () => ({ URL: server.url, TOKEN }));
