import type { RequestView } from './request-view.ts';

/** A cookie as it was sent. */
export interface SentCookie {
  /** What `Set-Cookie` had after the value. */
  readonly attributes: string;
  /** Whether the app made the cookie itself, of the token that a transport of its own issued. */
  readonly isAppsOwn: boolean;
}

/** What to change, in the words of `cookie()` and of an app that makes the cookie itself. */
const ADVICE = {
  cookie: {
    domain: 'Set cookie({ domain }) to a domain that contains the host, or leave it out.',
    jar: 'cookie({ development: true }) in tests.',
    development: 'Use cookie({ development: true }) during development.',
    path: 'Set cookie({ path }) to cover every page that uses the session.',
    frame: "Use cookie({ sameSite: 'none', partitioned: true }).",
  },
  app: {
    domain: "Set the cookie's Domain to one that contains the host, or leave it out.",
    jar: 'leave Secure out over plain HTTP in tests.',
    development: 'Leave Secure out over plain HTTP during development.',
    path: "Set the cookie's Path to cover every page that uses the session.",
    frame: 'Send it with SameSite=None and Partitioned.',
  },
} as const;

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

/** Names the likely reason why a client did not keep or send a cookie, from what the request shows and from the cookie's attributes. */
export function reasonNotReturned(request: RequestView, { attributes, isAppsOwn }: SentCookie): string {
  const advice = isAppsOwn ? ADVICE.app : ADVICE.cookie;
  const isSecure = /;\s*secure/i.test(attributes);
  const page = originOf(request);
  const host = request.host ?? page?.host ?? '';
  const name = hostName(host);
  const domain = /;\s*domain=([^;]+)/i.exec(attributes)?.[1]?.replace(/^\./, '').toLowerCase();
  if (domain !== undefined && name !== domain && !name.endsWith(`.${domain}`)) {
    return `the cookie is for ${domain}, and the visitor uses ${name}. ${advice.domain}`;
  }
  if (isSecure && !isBrowser(request)) {
    return `the client is not a browser and keeps Secure cookies only over https. Use an https address, or ${advice.jar}`;
  }
  // A browser sends Sec-Fetch-* only from a page with TLS or on localhost.
  const isPlain = page?.protocol === 'http:' || (page === undefined && !hasFetchMetadata(request));
  if (isSecure && isPlain && isLocalhost(name)) {
    return `this browser drops Secure cookies on http://${host}, as Safari does. ${advice.development}`;
  }
  if (isSecure && isPlain) {
    return `browsers drop Secure cookies on http://${host}. Serve the site over https, or on localhost; for a network without TLS see the page.`;
  }
  const path = /;\s*path=([^;]+)/i.exec(attributes)?.[1] ?? '/';
  if (path !== '/') return `the cookie is only sent to paths below ${path}. ${advice.path}`;
  if (request.header('sec-fetch-dest') === 'iframe') {
    return `the page is embedded in another site, where browsers drop the cookie. ${advice.frame}`;
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
