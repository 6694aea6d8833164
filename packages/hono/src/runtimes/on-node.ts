import { createServer } from 'node:http';
import { listen } from '@coatcheck/adapter-contract';
import { serveOrders } from '@coatcheck/runtimes/serve-orders';
import { getRequestListener } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { contractFetch } from '../test-support/contract-fetch.ts';

await serveOrders(async (app) => {
  const fetch = contractFetch(app, (c) => getConnInfo(c).remote.address);
  const { url, close } = await listen(createServer(getRequestListener(fetch)));
  return { port: Number(new URL(url).port), stop: close };
});
