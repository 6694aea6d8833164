/** A value, or a promise of it. A synchronous store returns plain values, and nothing waits for them. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Calls `next` with a value: at once if it is there, otherwise when it resolves. */
export function andThen<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Tells whether a value is a promise. */
export function isPromise<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
