import type { ResponseHeader } from '@coatcheck/core';
import type { Context } from 'hono';

/** Adds headers to the response. An app may return one response object for many requests, so a token is added to a copy, which `c.header` makes. */
export function putOnto(c: Context, headers: readonly ResponseHeader[]): void {
  for (const header of headers) {
    if (header[0] === 'vary') addVary(c, header[1]);
    else put(c, header);
  }
}

function put(c: Context, [name, value, how]: ResponseHeader): void {
  if (how === 'delete') c.header(name, undefined);
  else c.header(name, value, { append: how === 'append' });
}

/** Where a context keeps the `Vary` headers of its responses, and how it got and set them before. */
const KEPT: unique symbol = Symbol('coatcheck.vary');

interface Accessor {
  readonly get: (this: Context) => Response;
  readonly set: (this: Context, response: Response | undefined) => void;
}

interface Kept {
  readonly headers: readonly ResponseHeader[];
  readonly accessor: Accessor;
}

interface Holder {
  [KEPT]?: Kept;
}

/** Stands for `res` of a context. One descriptor serves all contexts: functions of each would give each context a shape of its own, which is slow. */
const property: PropertyDescriptor & ThisType<Context & Holder> = {
  configurable: true,
  get() {
    return this[KEPT]?.accessor.get.call(this);
  },
  set(response: Response | undefined) {
    const kept = this[KEPT];
    if (kept === undefined) return;
    kept.accessor.set.call(this, response);
    if (response !== undefined && response.status !== 101) addVaries(this, kept.headers);
  },
};

/**
 * Adds `Vary` to each response of a context as soon as it is set, because the middleware between `session()` and the handler may store it. Hono merges what
 * `c.header()` has set only into the responses that `c.text()` and its like create, so the property is replaced.
 */
export function putOnEach(c: Context & Holder, headers: readonly ResponseHeader[]): void {
  if (c.finalized) addVaries(c, headers);
  const kept = c[KEPT];
  if (kept !== undefined) {
    c[KEPT] = { ...kept, headers: [...kept.headers, ...headers] };
    return;
  }
  const accessor = accessorOf(c);
  if (accessor === undefined) return;
  c[KEPT] = { headers, accessor };
  Object.defineProperty(c, 'res', property);
}

/** The accessor of Hono's own contexts, by their prototype. */
const INHERITED = new WeakMap<object, Accessor>();

/** Returns how `res` of a context is got and set: by another middleware's accessor, or by Hono's. */
function accessorOf(c: Context): Accessor | undefined {
  if (Object.hasOwn(c, 'res')) return toAccessor(Object.getOwnPropertyDescriptor(c, 'res'));
  const prototype: unknown = Object.getPrototypeOf(c);
  if (typeof prototype !== 'object' || prototype === null) return undefined;
  const known = INHERITED.get(prototype);
  if (known !== undefined) return known;
  const accessor = toAccessor(Object.getOwnPropertyDescriptor(prototype, 'res'));
  if (accessor !== undefined) INHERITED.set(prototype, accessor);
  return accessor;
}

function toAccessor({ get, set }: PropertyDescriptor = {}): Accessor | undefined {
  return get && set && { get, set };
}

function addVaries(c: Context, headers: readonly ResponseHeader[]): void {
  for (const header of headers) addVary(c, header[1]);
}

/** Adds to `Vary`. It contains no secret, so no copy is needed unless the response is immutable, such as one returned by `fetch`. */
function addVary(c: Context, value: string): void {
  const { headers } = c.res;
  const present = headers.get('vary');
  if (present === value || present?.split(/,\s*/).includes(value)) return;
  try {
    headers.append('vary', value);
  } catch {
    c.header('vary', value, { append: true });
  }
}
