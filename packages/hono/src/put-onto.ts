import type { ResponseHeader } from '@coatcheck/core';
import type { Context } from 'hono';

/** Adds headers to the response. An app may return one response object for many requests, so a token is added to a copy, which `c.header` makes. */
export function putOnto(c: Context, headers: readonly ResponseHeader[]): void {
  for (const [name, value, how] of headers) {
    if (name === 'vary') addVary(c, value);
    else if (how === 'delete') c.header(name, undefined);
    else c.header(name, value, { append: how === 'append' });
  }
}

/**
 * Adds `Vary` to each response of a context as soon as it is set, because the middleware between `session()` and the handler may store it. Hono merges what
 * `c.header()` has set only into the responses that `c.text()` and its like create, so the property is replaced.
 */
export function putOnEach(c: Context, headers: readonly ResponseHeader[]): void {
  const vary = () => {
    for (const [, value] of headers) addVary(c, value);
  };
  if (c.finalized) vary();
  const own = Object.getOwnPropertyDescriptor(c, 'res');
  const { get, set } = own ?? Object.getOwnPropertyDescriptor(Object.getPrototypeOf(c), 'res') ?? {};
  if (get === undefined || set === undefined) return;
  Object.defineProperty(c, 'res', {
    configurable: true,
    get: () => get.call(c),
    set: (response: Response | undefined) => {
      set.call(c, response);
      if (response !== undefined && response.status !== 101) vary();
    },
  });
}

/** Adds to `Vary`. It contains no secret, so no copy is needed unless the response is immutable, such as one returned by `fetch`. */
function addVary(c: Context, value: string): void {
  const { headers } = c.res;
  if (headers.get('vary')?.split(/,\s*/).includes(value)) return;
  try {
    headers.append('vary', value);
  } catch {
    c.header('vary', value, { append: true });
  }
}
