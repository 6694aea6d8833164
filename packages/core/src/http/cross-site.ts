import type { RequestView } from './request-view.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Tells whether a page of another site or origin sent a request that could change something: the rule of Go's `http.CrossOriginProtection`.
 * `Sec-Fetch-Site` decides if the browser sends it, otherwise `Origin` compared with the host. A client that sends neither is not a browser, so no page
 * of another site controls it (OWASP CSRF cheat sheet, Fetch metadata).
 */
export function isCrossSite(request: RequestView, trustedOrigins: ReadonlySet<string>): boolean {
  if (SAFE_METHODS.has(request.method) && !isUpgrade(request)) return false;
  return isFromElsewhere(request, trustedOrigins);
}

/** Tells whether a page of another site or origin sent a request, whatever its method. A token in such a link or form may have been planted there. */
export function isFromElsewhere(request: RequestView, trustedOrigins: ReadonlySet<string>): boolean {
  return failedComparison(request, trustedOrigins) !== undefined;
}

/** Says which comparison a request from another site fails, as part of a sentence; undefined if none. */
function failedComparison(request: RequestView, trustedOrigins: ReadonlySet<string>): string | undefined {
  const site = request.header('sec-fetch-site');
  if (site === 'same-origin' || site === 'none') return undefined;
  const origin = request.header('origin');
  const hasSite = site !== undefined && site !== '';
  if (origin === undefined || origin === '') return hasSite ? BY_SITE : undefined;
  // Without TLS, anyone on the network between can write into the page.
  if (request.isSecure === true && origin.startsWith('http:')) {
    return 'Origin has http and the request came by https. Serve the page by https';
  }
  if (trustedOrigins.has(origin)) return undefined;
  if (hasSite) return BY_SITE;
  if (origin === 'null') return BY_NULL;
  return isSameHost(origin, request.host) ? undefined : BY_HOST;
}

const BY_SITE =
  "Sec-Fetch-Site is neither 'same-origin' nor 'none'. List the origin in trustedOrigins if its pages may write here; a form that another site posts needs the form_post recipe";
const BY_NULL =
  "Origin is 'null', as browsers send it from sandboxed frames and with Referrer-Policy: no-referrer (the default of helmet). Set Referrer-Policy: same-origin, or serve the site by https";
const BY_HOST =
  'Origin is not the host of the request. If it is your own origin, a proxy changes the host: let it pass Host on, trust it in the framework, or list the origin in trustedOrigins';

/** Says what was compared and what failed, for the app's developers. */
export function describeCrossSite(request: RequestView, trustedOrigins: ReadonlySet<string>): string {
  const seen = [
    ['Origin', request.header('origin')],
    ['host', request.host],
    ['Sec-Fetch-Site', request.header('sec-fetch-site')],
  ].map(([name, value]) => `${name} ${value === undefined ? 'is missing' : `'${shown(value)}'`}`);
  const failed = failedComparison(request, trustedOrigins) ?? BY_SITE;
  return `${seen.join(', ')}. ${failed}: ${PAGES}.`;
}

const PAGES =
  'https://github.com/coatcheck/coatcheck/blob/main/docs/cross-site.md, and behind a proxy docs/behind-a-proxy.md';
const MAX_SHOWN = 100;

function shown(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_SHOWN);
}

/** A WebSocket lets the page act with the visitor's rights, so opening one is not a safe request (RFC 6455, section 10.2). */
function isUpgrade(request: RequestView): boolean {
  return request.header('upgrade') !== undefined;
}

/** Compares the host of an origin with that of the request. The default port of the origin's scheme may be written or not. */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { host: expected, protocol } = new URL(origin);
  const lower = host.toLowerCase();
  const port = DEFAULT_PORTS[protocol];
  return lower === expected || (port !== undefined && lower === `${expected}:${port}`);
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };
