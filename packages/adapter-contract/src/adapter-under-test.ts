import type { ContractApp } from './app/contract-app.ts';

/** Serves apps with the adapter that is tried. */
export interface AdapterUnderTest {
  /**
   * Serves an app of the contract over HTTP, on a free port of the loopback interface.
   *
   * Mount a parser for `application/x-www-form-urlencoded` bodies, then `session(sessions, options)` for each of `app.mounts`, then these routes, for every method.
   * `:target` is a path segment for `app.perform`:
   *
   * - `/text/:target`: performs, then answers 200 with the text
   * - `/redirect/:target`: performs, then redirects with 303 to `/text/kit.nothing`
   * - `/empty/:target`: performs, then answers 204
   * - `/unchanged/:target`: performs, then answers 304
   * - `/headers/:target`: performs, then answers 200 with the text and `app.ownHeaders`, set as the framework sets headers
   * - `/raw-object/:target`: the same by the lowest way that takes status and headers in one call: `writeHead(200, app.ownHeaders.object)`, or `new Response(text, { headers })`
   * - `/raw-array/:target`: the same with the headers as an array: `app.ownHeaders.flat` or `.pairs`, whichever that call takes
   * - `/elsewhere/:target`: performs, then hands on the response of `app.fromElsewhere()`: as it is, or else its status, headers and body
   * - `/throw/:target`: performs, then throws an `Error`
   * - `/stream/:target/:late`: performs the target, sends 200 with a first chunk `started\n`, then what `app.performLate` gives for `:late`, and ends
   *
   * Where something throws, the framework's error handling answers with `statusOf(error)`. What is no route is answered with 404.
   */
  serve(app: ContractApp): Promise<ServedApp>;
}

/** An app that answers over HTTP. */
export interface ServedApp {
  /** Where it answers, without a path: `http://localhost:49152`. */
  readonly url: string;
  /** Stops it. */
  close(): unknown;
}
