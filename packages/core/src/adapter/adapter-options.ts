/** Sets what an adapter's `session()` does with each request. Every adapter has these three options. */
export interface AdapterOptions<Request, Name extends string = string> {
  /** Leaves `load()` to the app, so that a request which never asks costs no store call. Default false. */
  readonly lazy?: boolean;
  /** Names the property that holds the session. Two session managers beside each other need two names. Default `session`. */
  readonly as?: Name;
  /** Writes nothing for the mere look: no touch, renewal or confirmation. For polling and prefetching. Default false. */
  readonly passive?: boolean | ((request: Request) => boolean);
}
