import type { RequestView } from './request-view.ts';

/**
 * Tells whether a request without a cookie certainly comes from a page of this host, or from a client that is no browser: then a cookie that was set for
 * the same client a moment ago should have come along.
 */
export function shouldReturnCookie(request: RequestView): boolean {
  const site = request.header('sec-fetch-site');
  if (site !== undefined && site !== '') return site === 'same-origin';
  const page = originOf(request);
  if (page !== undefined) return page.host === request.host?.toLowerCase();
  return !isBrowser(request);
}

/** Names the likely reason why a client did not keep or send a cookie, from what the request shows and from the `Set-Cookie` line. */
export function reasonNotReturned(request: RequestView, setCookie: string): string {
  const isSecure = /;\s*secure/i.test(setCookie);
  const page = originOf(request);
  const host = request.host ?? page?.host ?? '';
  const name = hostName(host);
  const domain = /;\s*domain=([^;]+)/i.exec(setCookie)?.[1]?.replace(/^\./, '').toLowerCase();
  if (domain !== undefined && name !== domain && !name.endsWith(`.${domain}`)) {
    return `the cookie is for ${domain}, and the visitor uses ${name}. Set cookie({ domain }) to a domain that contains the host, or leave it out.`;
  }
  if (isSecure && !isBrowser(request)) {
    return 'the client is not a browser and keeps Secure cookies only over https. Use an https address, or cookie({ development: true }) in tests.';
  }
  // A browser sends Sec-Fetch-* only from a page with TLS or on localhost.
  const isPlain = page?.protocol === 'http:' || (page === undefined && !hasFetchMetadata(request));
  if (isSecure && isPlain && isLocalhost(name)) {
    return `this browser drops Secure cookies on http://${host}, as Safari does. Use cookie({ development: true }) during development.`;
  }
  if (isSecure && isPlain) {
    return `browsers drop Secure cookies on http://${host}. Serve the site over https, or on localhost; for a network without TLS see the page.`;
  }
  const path = /;\s*path=([^;]+)/i.exec(setCookie)?.[1] ?? '/';
  if (path !== '/')
    return `the cookie is only sent to paths below ${path}. Set cookie({ path }) to cover every page that uses the session.`;
  if (request.header('sec-fetch-dest') === 'iframe') {
    return "the page is embedded in another site, where browsers drop the cookie. Use cookie({ sameSite: 'none', partitioned: true }).";
  }
  return 'the browser may block cookies, or a proxy or cache removes Set-Cookie or Cookie.';
}

/** Returns the page that sent the request, from `Origin` or `Referer`. */
function originOf(request: RequestView): URL | undefined {
  for (const name of ['origin', 'referer']) {
    const value = request.header(name);
    if (value !== undefined && value !== 'null' && URL.canParse(value)) return new URL(value);
  }
  return undefined;
}

/** Tells whether a request comes from a browser, as its user agent says. */
export function isBrowser(request: RequestView): boolean {
  return request.header('user-agent')?.startsWith('Mozilla/') === true;
}

function hasFetchMetadata(request: RequestView): boolean {
  return request.header('sec-fetch-site') !== undefined;
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '127.0.0.1' || name === '[::1]';
}
