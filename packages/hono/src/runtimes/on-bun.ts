import { getConnInfo } from 'hono/bun';
import { serveOrders } from './serve-orders.ts';

interface BunServer {
  readonly port: number;
  stop(closesConnections: boolean): Promise<void>;
}

/** What is used here of Bun's global. */
declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    fetch(request: Request, server: BunServer): Response | Promise<Response>;
  }): BunServer;
};

await serveOrders({
  listen: async (fetch) => {
    const server = Bun.serve({
      hostname: 'localhost',
      port: 0,
      fetch: (request, bunServer) => fetch(request, { server: bunServer }),
    });
    return { port: server.port, stop: () => server.stop(true) };
  },
  addressOf: (c) => getConnInfo(c).remote.address,
});
