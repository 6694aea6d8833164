import type { RequestView } from './request-view.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Tells whether a request that could change something was sent by a page of another site or origin: the rule of Go's
 * `http.CrossOriginProtection`. `Sec-Fetch-Site` decides where the browser sends it, `Origin` against the host where not; a client that sends neither
 * is no browser, and carries no cookie that a foreign page could use (OWASP CSRF cheat sheet, Fetch metadata).
 */
export function isCrossSite(request: RequestView, trustedOrigins: ReadonlySet<string>): boolean {
  if (SAFE_METHODS.has(request.method) && !isUpgrade(request)) return false;
  const site = request.header('sec-fetch-site');
  if (site === 'same-origin' || site === 'none') return false;
  const origin = request.header('origin');
  if (origin === undefined || origin === '') return site !== undefined && site !== '';
  if (trustedOrigins.has(origin)) return false;
  if (site !== undefined && site !== '') return true;
  const host = hostOf(origin);
  return host === undefined || host !== request.host?.toLowerCase();
}

/** Tells whether a token in a link or form came from a page of another site: somebody may have planted it there. */
export function isPlanted(request: RequestView): boolean {
  const site = request.header('sec-fetch-site');
  return site !== undefined && site !== '' && site !== 'same-origin' && site !== 'none';
}

/** A WebSocket carries the visitor's rights onward, so opening one is no safe request (RFC 6455, section 10.2). */
function isUpgrade(request: RequestView): boolean {
  return request.header('upgrade') !== undefined;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
