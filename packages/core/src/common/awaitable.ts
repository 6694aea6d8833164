/** A value, or a promise of it: a synchronous store returns plain values and costs no more than a microtask. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Goes on with a value: at once where it is there, and else when it comes. So a store that answers at once is not waited for. */
export function andThen<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Tells whether a value is still to come. */
export function isPromise<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
