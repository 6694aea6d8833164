import type { DirectResponse } from '../session/direct-response.ts';

/** Describes a response that can be sent whole, as `http.ServerResponse` does. */
export interface DirectSink {
  /** The status code. */
  statusCode: number;
  /** Sets a header, in place of one of that name. */
  setHeader(name: string, value: string): unknown;
  /** Sends the response with its body. */
  end(body: string): unknown;
}

/**
 * Sends what `visit.respond()` resolves to, in place of a response of the app.
 *
 * @example
 * ```ts
 * const direct = visit.respond();
 * if (direct !== undefined) return sendDirect(res, await direct);
 * ```
 */
export function sendDirect(sink: DirectSink, { status, headers, body }: DirectResponse): void {
  sink.statusCode = status;
  for (const [name, value] of headers) sink.setHeader(name, value);
  sink.end(body);
}

/**
 * Makes a `Response` of the Fetch standard of what `visit.respond()` resolves to.
 *
 * @example
 * ```ts
 * const direct = visit.respond();
 * if (direct !== undefined) return directResponse(await direct);
 * ```
 */
export function directResponse({ status, headers, body }: DirectResponse): Response {
  return new Response(body, { status, headers: headers.map(([name, value]) => [name, value]) });
}
