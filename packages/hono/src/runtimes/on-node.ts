import { createServer } from 'node:http';
import { listen } from '@coatcheck/adapter-contract';
import { getRequestListener } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { serveOrders } from './serve-orders.ts';

await serveOrders({
  listen: async (fetch) => {
    const { url, close } = await listen(createServer(getRequestListener(fetch)));
    return { port: Number(new URL(url).port), stop: close };
  },
  addressOf: (c) => getConnInfo(c).remote.address,
});
