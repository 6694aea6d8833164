import { createServer } from 'node:http';
import { listen } from '@coatcheck/adapter-contract';
import { serveOrders } from '@coatcheck/runtimes/serve-orders';
import { getRequestListener } from '@hono/node-server';
import { contractFetch } from '../test-support/contract-fetch.ts';

await serveOrders(async (app) => {
  const fetch = contractFetch(app);
  const listener = getRequestListener((request, { incoming }) =>
    fetch(request, { ip: incoming.socket.remoteAddress }),
  );
  const { url, close } = await listen(createServer(listener));
  return { port: Number(new URL(url).port), stop: close };
});
