import type { RequestView } from '../../src/http/request-view.ts';

/** Makes a POST of the same origin with a cookie. */
export function requestWith(cookie: string | undefined): RequestView {
  const headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' };
  if (cookie !== undefined) headers['cookie'] = cookie;
  return {
    method: 'POST',
    host: 'shop.example',
    ip: '203.0.113.7',
    header: (name) => headers[name],
    query: () => undefined,
    form: () => undefined,
  };
}
