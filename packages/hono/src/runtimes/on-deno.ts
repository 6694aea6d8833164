import { getConnInfo } from 'hono/deno';
import { serveOrders } from './serve-orders.ts';

interface DenoServer {
  readonly addr: { readonly port: number };
  shutdown(): Promise<void>;
}

/** What is used here of Deno's global. */
declare const Deno: {
  serve(
    options: { hostname: string; port: number; signal: AbortSignal; onListen(): void },
    handler: (request: Request, info: object) => Response | Promise<Response>,
  ): DenoServer;
};

await serveOrders({
  listen: async (fetch) => {
    const abort = new AbortController();
    const options = { hostname: 'localhost', port: 0, signal: abort.signal, onListen: () => {} };
    const server = Deno.serve(options, (request, info) => fetch(request, info));
    return { port: server.addr.port, stop: () => abort.abort() };
  },
  addressOf: (c) => getConnInfo(c).remote.address,
});
