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
  const site = request.header('sec-fetch-site');
  if (site === 'same-origin' || site === 'none') return false;
  const origin = request.header('origin');
  if (origin === undefined || origin === '') return site !== undefined && site !== '';
  if (trustedOrigins.has(origin)) return false;
  if (site !== undefined && site !== '') return true;
  const host = hostOf(origin);
  return host === undefined || host !== request.host?.toLowerCase();
}

/** A WebSocket lets the page act with the visitor's rights, so opening one is not a safe request (RFC 6455, section 10.2). */
function isUpgrade(request: RequestView): boolean {
  return request.header('upgrade') !== undefined;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
