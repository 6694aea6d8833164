// Serves the built contract app with the production server of Next.js: one server for each app, all in this process.

import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { listen } from '@coatcheck/adapter-contract';
import { serveOrders } from '@coatcheck/runtimes/serve-orders';
import next from 'next';

const built = next({ dev: false, dir: fileURLToPath(new URL('./contract/', import.meta.url)) });
await built.prepare();
const handle = built.getRequestHandler();
globalThis.contractApps = new Map();

await serveOrders(async (app) => {
  const { url, close } = await listen(createServer((req, res) => void handle(req, res)));
  const { port } = new URL(url);
  globalThis.contractApps?.set(port, app);
  return { port: Number(port), stop: close };
});
