import type { Listening } from './serve-orders.ts';

/** The part of Bun's server that is used here. */
export interface BunServer {
  readonly port: number;
  stop(closesConnections: boolean): Promise<void>;
  upgrade(request: Request, options: { readonly headers: Headers }): boolean;
  requestIP(request: Request): { readonly address: string } | null;
}

type BunFetch = (request: Request, server: BunServer) => Response | undefined | Promise<Response | undefined>;

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    fetch: BunFetch;
    websocket: { message(): void };
  }): BunServer;
};

/** Serves requests with `Bun.serve` on a free port of the loopback interface. */
export function listenOnBun(fetch: BunFetch): Listening {
  const server = Bun.serve({ hostname: 'localhost', port: 0, fetch, websocket: { message: () => {} } });
  return { port: server.port, stop: () => server.stop(true) };
}
