/** Sets what an adapter's `session()` does with each request. Every adapter has these options. */
export interface AdapterOptions<Request, Name extends string = string> {
  /** Leaves `load()` to the app, so that a request that never uses the session costs no store call. Default: false. */
  readonly lazy?: boolean;
  /** Names the property that holds the session. Two session managers on one request need two names. Default: `session`. */
  readonly as?: Name;
  /** Makes reading alone write nothing: no touch, renewal or confirmation. For polling and prefetching. Default: false. */
  readonly passive?: boolean | ((request: Request) => boolean);
  /**
   * Serves a write that a page of another site sent, as a visitor without a session, instead of refusing it with `ERR_CROSS_SITE` (403) before the handler runs. For
   * routes that other sites post to by intention, such as a payment callback. Default: false.
   *
   * @example
   * ```ts
   * session(sessions, { serveCrossSite: (req) => req.path === '/payment-callback' });
   * ```
   */
  readonly serveCrossSite?: boolean | ((request: Request) => boolean);
}
