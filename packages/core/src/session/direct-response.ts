import type { ResponseHeader } from '../http/request-view.ts';

/** A whole response to a request of the browser itself, which no handler of the app sees. */
export interface DirectResponse {
  /** The status code. */
  readonly status: number;
  /** The headers, each with a name of its own. */
  readonly headers: readonly ResponseHeader[];
  /** JSON, or empty. */
  readonly body: string;
}
