import type { ResponseHeader } from '../http/request-view.ts';
import type { DirectResponse } from './direct-response.ts';
import type { Session } from './session-types.ts';

/** Represents one request's use of a session. Adapters hold it; apps see `session`. */
export interface Visit<Data> {
  /** Gives the session to the app. */
  readonly session: Session<Data>;
  /** Loads the session, as `session.load()` does. Undefined if that is done already, as where the store is synchronous. */
  load(): Promise<unknown> | undefined;
  /**
   * Responds to a request that the browser sent by itself, to bind the session to its device or to prove that it has the key. Undefined for any other request, and without the
   * option `deviceBinding`. An adapter calls it before anything else, and sends the response in place of the app's, without sealing the visit. Never rejects for what a client sent.
   */
  respond(): Promise<DirectResponse> | undefined;
  /** Records that an adapter mounts the session, and so sends its token. Then `mountedVisit()` returns the visit. */
  mount(): void;
  /** Returns the session's ID, or the ID that the session gets if this request grants one. Call it after `load()`. No I/O. */
  reserveId(): string;
  /**
   * Makes the response send the presented token again, so that the lifetime of its cookie starts again. Ignored if that token is about to be replaced, or is not the
   * session's current one. Call it before `seal()`.
   */
  repeatToken(): void;
  /**
   * Throws for a write that a page of another site sent. Adapters call it before the handler, unless the app serves such requests as visitors without a
   * session. No I/O.
   *
   * @throws `ERR_CROSS_SITE`
   */
  refuseCrossSite(): void;
  /**
   * Returns the headers that the response needs, once: a second call returns none. Afterwards no token can be sent. Never throws.
   *
   * @param readHeader returns a header that the response already has, by its lower-case name. Without it, a `Referrer-Policy` of the app is replaced, the
   * headers that only shared caches obey are kept, and a use of the session after this call is not warned of.
   */
  seal(readHeader?: (name: string) => string | undefined): readonly ResponseHeader[];
}

/** Sets how a visit is opened. */
export interface OpenOptions {
  /** Makes reading alone write nothing: it does not extend the deadline, renew or confirm. Default: false. */
  readonly passive?: boolean;
  /**
   * Is called once, when the app first uses the session before `seal()`, with the `Vary` headers of a response that depends on it. Add them at once if the
   * framework lets code between the handler and the adapter store responses. `seal()` returns them too. Must not throw.
   */
  readonly onAccess?: ((headers: readonly ResponseHeader[]) => void) | undefined;
  /**
   * Receives the promise of what outlives the response: a sweep, and an asynchronous `onEvent`. Pass `ctx.waitUntil` where the runtime stops a request after
   * its response, as Cloudflare Workers do. Default: none.
   */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
}
