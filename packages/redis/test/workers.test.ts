import { testConcurrentCarts } from '@coatcheck/runtimes/concurrent-carts';
import { TOKEN } from '@coatcheck/runtimes/faulty-server';
import { afterAll, beforeAll } from 'vitest';
import { RestProxy } from './support/rest-proxy.ts';
import { TestServer } from './support/server.ts';

const FILE = new URL('./support/worker.ts', import.meta.url);

let server: TestServer;
let proxy: RestProxy;
beforeAll(async () => {
  server = await TestServer.start();
  proxy = await RestProxy.start(server);
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});

testConcurrentCarts(FILE, () => ({ URL: proxy.url, TOKEN }));
