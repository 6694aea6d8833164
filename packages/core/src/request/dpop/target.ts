import type { RequestView } from '../../http/request-view.ts';

/** Where clients reach the app. */
export interface Base {
  /** Such as `https://shop.example`. */
  readonly origin: string;
  /** What precedes the path that the app sees; without a slash at its end. */
  readonly prefix: string;
}

/** A host and a port, and nothing that would end them in a URL. */
const HOST = /^[^/?#@\\\s]+$/;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Parses the URL that clients know the app by; undefined if it is none. */
export function parseBase(value: string): Base | undefined {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== url.origin + url.pathname)
    return undefined;
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
}

/**
 * Tells whether a proof's `htu` is the URL of the request, without query and fragment (RFC 9449, section 4.3). It is normalized, and the request's path is not: an app may route
 * `/admin/../public` to `/admin`.
 */
export function isTarget(htu: unknown, request: RequestView, base: Base | undefined): boolean {
  const url = typeof htu === 'string' ? URL.parse(htu) : null;
  const { path } = request;
  if (url === null || path === undefined) return false;
  const { origin, prefix = '' } = base ?? { origin: originOf(url, request.host) };
  return url.origin === origin && spelt(url.pathname) === spelt(prefix + path);
}

/** Returns the origin that a request went to: a proxy may end TLS, so the connection does not tell the scheme. Tokens are sent over https, except on one machine. */
function originOf({ protocol, hostname }: URL, host: string | undefined): string | undefined {
  if (host === undefined || !HOST.test(host)) return undefined;
  const isLocal = protocol === 'http:' && LOOPBACK.test(hostname);
  return URL.parse(`${isLocal ? 'http' : 'https'}://${host}`)?.origin;
}

/** Writes each percent-encoded character in one way (RFC 3986, section 6.2.2). */
function spelt(path: string): string {
  return path.replace(/%[\da-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : encoded.toUpperCase();
  });
}
