import type { RequestView } from '../../src/http/request-view.ts';

const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

/** Makes a POST of the same origin with a cookie. */
export function requestWith(cookie: string | undefined, ip: string = '203.0.113.7'): RequestView {
  const headers: Record<string, string> = { 'sec-fetch-site': 'same-origin', 'user-agent': USER_AGENT };
  if (cookie !== undefined) headers['cookie'] = cookie;
  return {
    method: 'POST',
    host: 'shop.example',
    ip,
    header: (name) => headers[name],
    query: () => undefined,
    form: () => undefined,
  };
}
