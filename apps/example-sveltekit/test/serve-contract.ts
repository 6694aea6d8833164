// Serves the built contract app with the handler of adapter-node: one server for each app, all in this process. It is the proxy that tells the handler of http.

import { createServer, type RequestListener } from 'node:http';
import { listen } from '@coatcheck/adapter-contract';
import { serveOrders } from '@coatcheck/runtimes/serve-orders';

process.env['PROTOCOL_HEADER'] = 'x-forwarded-proto';
const built = new URL('./contract/dist/handler.js', import.meta.url).href;
const { handler }: { handler: RequestListener } = await import(built);
globalThis.contractApps = new Map();

const proxy: RequestListener = (req, res) => {
  req.headers['x-forwarded-proto'] = 'http';
  handler(req, res);
};

await serveOrders(async (app) => {
  const { url, close } = await listen(createServer(proxy));
  const port = Number(new URL(url).port);
  globalThis.contractApps?.set(port, app);
  return { port, stop: close };
});
