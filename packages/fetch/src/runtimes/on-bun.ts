import { listenOnBun } from '@coatcheck/runtimes/bun';
import { serveOrders } from '@coatcheck/runtimes/serve-orders';
import { contractFetch } from '../test-support/contract-fetch.ts';

await serveOrders(async (app) => {
  const fetch = contractFetch(app);
  return listenOnBun((request, server) => fetch(request, { ip: server.requestIP(request)?.address }));
});
