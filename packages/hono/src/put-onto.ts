import type { ResponseHeader } from '@coatcheck/core';
import type { Context } from 'hono';

/** Adds headers to the response. An app may return one response object for many requests, so a token is added to a copy, which `c.header` makes. */
export function putOnto(c: Context, headers: readonly ResponseHeader[]): void {
  for (const header of headers) {
    if (header[0] === 'vary') addVary(c, c.res, header[1]);
    else put(c, header);
  }
}

function put(c: Context, [name, value, how]: ResponseHeader): void {
  if (how === 'delete') c.header(name, undefined);
  else c.header(name, value, { append: how === 'append' });
}

/** Where a context keeps the `Vary` headers of its responses. */
const KEPT: unique symbol = Symbol('coatcheck.vary');

interface Holder {
  [KEPT]?: readonly ResponseHeader[];
}

/**
 * Adds `Vary` to each response of a context as soon as it is set, because the middleware between `session()` and the handler may store it. Hono merges what
 * `c.header()` has set only into the responses that `c.text()` and its like create, so the setter of `res` is replaced.
 */
export function putOnEach(c: Context & Holder, headers: readonly ResponseHeader[]): void {
  if (c.finalized) addVaries(c, c.res, headers);
  const kept = c[KEPT];
  c[KEPT] = kept === undefined ? headers : [...kept, ...headers];
  if (kept !== undefined) return;
  if (Object.hasOwn(c, 'res')) watch(c);
  else watchPrototype(c);
}

/** The objects whose setter of `res` adds what a context keeps. */
const WATCHED = new WeakSet<object>();

/**
 * Replaces the setter once for all of Hono's contexts: it does nothing more for those that keep no headers. A property of each context would cost every request
 * a tenth of what its session costs. A prototype that is frozen is left alone.
 */
function watchPrototype(c: Context): void {
  const prototype: unknown = Object.getPrototypeOf(c);
  if (typeof prototype !== 'object' || prototype === null || WATCHED.has(prototype)) return;
  if (!watch(prototype)) watch(c, Object.getOwnPropertyDescriptor(prototype, 'res'));
}

/** Replaces the setter of `res` of an object: of the prototype, or of one context to which other middleware has given its own. */
function watch(holder: object, descriptor = Object.getOwnPropertyDescriptor(holder, 'res')): boolean {
  if (WATCHED.has(holder)) return true;
  const set: ((this: Context, response: Response | undefined) => void) | undefined = descriptor?.set;
  if (set === undefined) return false;
  const isWatched = Reflect.defineProperty(holder, 'res', {
    ...descriptor,
    set(this: Context & Holder, response: Response | undefined) {
      set.call(this, response);
      const kept = this[KEPT];
      // Hono may have set a copy, with the headers of the response before.
      if (kept !== undefined && response !== undefined) addVaries(this, this.res, kept);
    },
  });
  if (isWatched) WATCHED.add(holder);
  return isWatched;
}

/** Adds to `Vary`, but for the response that opens a WebSocket. */
function addVaries(c: Context, response: Response, headers: readonly ResponseHeader[]): void {
  if (response.status === 101) return;
  for (const [, value] of headers) addVary(c, response, value);
}

/** Adds to `Vary`. It contains no secret, so no copy is needed unless the response is immutable, such as one returned by `fetch`. */
function addVary(c: Context, { headers }: Response, value: string): void {
  const present = headers.get('vary');
  if (present === value || present?.split(/,\s*/).includes(value)) return;
  try {
    headers.append('vary', value);
  } catch {
    c.header('vary', value, { append: true });
  }
}
