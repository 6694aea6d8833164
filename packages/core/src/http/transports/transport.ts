import type { RequestView, ResponseHeader } from '../request-view.ts';

/** Carries a token between client and server. Made by `cookie()`, `bearer()`, `header()`, `query()` or `form()`. */
export interface Transport {
  readonly kind: 'cookie' | 'bearer' | 'header' | 'query' | 'form';
  /** The request header that an answer varies with where the app looked at the session; undefined where it is none. */
  readonly vary: string | undefined;
  /** Reads the tokens that a request presents; usually none or one. */
  present(request: RequestView): readonly string[];
  /** Gives the response headers that bring the client a token. `lifetime` in milliseconds, undefined for as long as the browser runs. */
  grant(token: string, lifetime: number | undefined): readonly ResponseHeader[];
  /** Gives the response headers that make the client forget its token. */
  clear(): readonly ResponseHeader[];
  /** The headers of every answer to a client whose token travels this way, since its own pages and links hold it. */
  readonly safeguards: readonly ResponseHeader[];
}

/** Gives the headers that say what an answer depends on, by the transport that decided: each that was asked, up to it. The first also decides where none had a token. */
export function varyByTransport(
  transports: readonly Transport[],
): ReadonlyMap<Transport, readonly ResponseHeader[]> {
  return new Map(
    transports.map((transport, at) => {
      const asked = at === 0 ? transports : transports.slice(0, at + 1);
      return [
        transport,
        asked.flatMap(({ vary }): ResponseHeader[] => (vary === undefined ? [] : [['vary', vary, 'append']])),
      ];
    }),
  );
}
