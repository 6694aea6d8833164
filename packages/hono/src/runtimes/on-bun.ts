import { listenOnBun } from '@coatcheck/runtimes/bun';
import { serveOrders } from '@coatcheck/runtimes/serve-orders';
import { getConnInfo } from 'hono/bun';
import { contractFetch } from '../test-support/contract-fetch.ts';

await serveOrders(async (app) => {
  const fetch = contractFetch(app, (c) => getConnInfo(c).remote.address);
  return listenOnBun((request, server) => fetch(request, { server }));
});
