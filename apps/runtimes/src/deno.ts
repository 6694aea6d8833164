import type { Listening } from './serve-orders.ts';

/** The part of Deno's connection information that is used here. */
export interface DenoInfo {
  readonly remoteAddr: { readonly hostname: string };
}

type DenoFetch = (request: Request, info: DenoInfo) => Response | Promise<Response>;

declare const Deno: {
  serve(
    options: { hostname: string; port: number; signal: AbortSignal; onListen(): void },
    fetch: DenoFetch,
  ): { readonly addr: { readonly port: number } };
  upgradeWebSocket(request: Request): { readonly response: Response };
};

/** Creates the response to a WebSocket upgrade. */
export function upgradeOnDeno(request: Request): Response {
  return Deno.upgradeWebSocket(request).response;
}

/** Serves requests with `Deno.serve` on a free port of the loopback interface. */
export function listenOnDeno(fetch: DenoFetch): Listening {
  const abort = new AbortController();
  const options = { hostname: 'localhost', port: 0, signal: abort.signal, onListen: () => {} };
  const { addr } = Deno.serve(options, fetch);
  return { port: addr.port, stop: () => abort.abort() };
}
