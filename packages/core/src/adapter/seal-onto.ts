import type { Visit } from '../session/visit.ts';

/** Describes a response whose headers can be set, as `http.ServerResponse` does. */
export interface HeaderSink {
  /** Returns a header that is set; undefined for none. */
  getHeader(name: string): number | string | readonly string[] | undefined;
  /** Sets a header, in place of one of that name. */
  setHeader(name: string, value: string | readonly string[]): unknown;
  /** Removes a header. */
  removeHeader(name: string): unknown;
}

/**
 * Seals a visit and puts its headers on a response. Call it just before the headers are sent, however that happens. It never throws.
 *
 * @example
 * ```ts
 * import onHeaders from 'on-headers';
 *
 * onHeaders(res, () => sealOnto(res, visit));
 * ```
 */
export function sealOnto(response: HeaderSink, visit: Pick<Visit<unknown>, 'seal'>): void {
  for (const [name, value, how] of visit.seal((name) => response.getHeader(name)?.toString())) {
    if (how === 'delete') {
      response.removeHeader(name);
      continue;
    }
    const present = how === 'append' ? response.getHeader(name) : undefined;
    // Not appendHeader: it would push the token into the app's own array, which other visitors' responses may share.
    response.setHeader(name, present === undefined ? value : [present, value].flat().map(String));
  }
}
