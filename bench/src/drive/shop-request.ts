import { ROUTES, USER_HEADER } from '../side.ts';

/** One request of a visitor to the shop. */
export interface ShopRequest {
  readonly route: keyof typeof ROUTES;
  /** What the visitor's browser sends as Cookie; undefined for an anonymous visitor. */
  readonly cookie?: string | undefined;
  readonly userId?: string | undefined;
}

/** A response of the shop. */
export interface ShopReply {
  readonly status: number;
  readonly setCookies: readonly string[];
  readonly text: string;
}

/** Sends requests into a shop in this process. */
export interface Caller {
  /** Sends one and gives its status; what it costs is the same for every side. */
  fire(request: ShopRequest): Promise<number>;
  /** Sends one and returns the whole response. */
  send(request: ShopRequest): Promise<ShopReply>;
}

/** What a browser sends with a request on one site, behind a proxy that speaks HTTPS to it. */
const BROWSER_HEADERS: Readonly<Record<string, string>> = {
  host: 'shop.example',
  connection: 'keep-alive',
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-GB,en;q=0.9',
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-proto': 'https',
};

/** Gives a request's headers. */
export function headersOf({ route, cookie, userId }: ShopRequest): Record<string, string> {
  const headers: Record<string, string> = { ...BROWSER_HEADERS };
  if (ROUTES[route].method === 'POST') headers['content-length'] = '0';
  if (cookie !== undefined) headers['cookie'] = cookie;
  if (userId !== undefined) headers[USER_HEADER] = userId;
  return headers;
}

/** Gives what a browser would send back after a cookie was set, on top of what it sent before. */
export function cookieAfter(before: string | undefined, setCookies: readonly string[]): string | undefined {
  const jar = new Map<string, string>();
  for (const pair of [
    ...(before?.split('; ') ?? []),
    ...setCookies.map((line) => line.split(';', 1)[0] ?? ''),
  ]) {
    const at = pair.indexOf('=');
    jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return jar.size === 0 ? undefined : Array.from(jar, ([name, value]) => `${name}=${value}`).join('; ');
}
