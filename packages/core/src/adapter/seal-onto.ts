import type { Visit } from '../session-types.ts';

/** Describes a response whose headers can be set, as `http.ServerResponse` does. */
export interface HeaderSink {
  setHeader(name: string, value: string): unknown;
  appendHeader(name: string, value: string): unknown;
}

/** Seals a visit and puts its headers on a response. Call it when the headers are about to leave, by whatever way. */
export function sealOnto(response: HeaderSink, visit: Visit<unknown>): void {
  for (const [name, value, how] of visit.seal()) {
    if (how === 'append') response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
}
