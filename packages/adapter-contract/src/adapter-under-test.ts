import type { ContractApp } from './app/contract-app.ts';

/** Serves apps through the adapter under test. */
export interface AdapterUnderTest {
  /**
   * Serves an app of the contract over HTTP, on a free port of the loopback interface.
   *
   * Mount a parser for `application/x-www-form-urlencoded` bodies, then `session(sessions, options)` for each of `app.mounts`, then these routes, for every method.
   * `:target` is a path segment for `app.perform`:
   *
   * - `/text/:target`: performs, then responds with 200 and the returned string
   * - `/redirect/:target`: performs, then redirects with 303 to `/text/kit.nothing`
   * - `/empty/:target`: performs, then responds with 204
   * - `/unchanged/:target`: performs, then responds with 304
   * - `/headers/:target`: performs, then responds with 200, the returned string and `app.ownHeaders`, set in the framework's usual way
   * - `/raw-object/:target`: the same, through the lowest-level call that takes status and headers at once: `writeHead(200, app.ownHeaders.object)` or `new Response(body, { headers })`
   * - `/raw-array/:target`: the same, with the headers as an array: `app.ownHeaders.flat` or `.pairs`, whichever the call accepts
   * - `/elsewhere/:target`: performs, then returns the response of `app.fromElsewhere()`: unchanged, or its status, headers and body
   * - `/throw/:target`: performs, then throws an `Error`
   * - `/stream/:target/:late`: performs the target, sends 200 and the chunk `started\n`, then sends the string returned by `app.performLate` for `:late`, and ends
   *
   * If anything throws, the framework's error handling responds with `statusOf(error)`. Any other path gets a 404.
   */
  serve(app: ContractApp): Promise<ServedApp>;
}

/** A running app. */
export interface ServedApp {
  /** Its URL without a path: `http://localhost:49152`. */
  readonly url: string;
  /** Stops the app. */
  close(): unknown;
}
