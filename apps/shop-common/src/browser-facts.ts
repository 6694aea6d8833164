import { TOKEN_FIELD } from './link.ts';
import { cookieTransport } from './session-options.ts';
import type { Settings } from './settings.ts';

const ID_LENGTH = 22;
const TOKEN = /^[\w-]{65}$/;

/** The parts of a request in which a token travels. */
export interface TokenCarrier {
  /** The path and the query. */
  readonly url: string;
  /** The `Cookie` header. */
  readonly cookie: string | undefined;
}

/** What the browser keeps and what it sent with a request. It contains no secret. */
export interface BrowserFacts {
  /** The name of the cookie, or of the parameter in links and forms. */
  readonly name: string;
  /** The attributes of the cookie; empty if links and forms carry the token. */
  readonly attributes: readonly string[];
  /** The value that the browser sent; undefined if it sent none. */
  readonly sent: SentToken | undefined;
}

/** A token as a page may show it. */
export interface SentToken {
  /** Undefined if the value is not a token. */
  readonly sessionId: string | undefined;
  readonly length: number;
}

/** Reads what a browser sent. `lifetime` is how long it keeps the cookie, in milliseconds; undefined for a cookie that goes with the browser. */
export function readBrowser(
  carrier: TokenCarrier,
  settings: Settings,
  lifetime: number | undefined,
): BrowserFacts {
  const value = presentedToken(carrier, settings);
  const sent = value === undefined ? undefined : { sessionId: idOf(value), length: value.length };
  if (settings.transport === 'query') return { name: TOKEN_FIELD, attributes: [], sent };
  return { ...cookieFacts(settings, lifetime), sent };
}

/** Returns the value that a request carries where a token belongs; undefined for none. */
export function presentedToken({ url, cookie }: TokenCarrier, settings: Settings): string | undefined {
  if (settings.transport === 'query') {
    return new URLSearchParams(url.split('?')[1] ?? '').get(TOKEN_FIELD) ?? undefined;
  }
  const { name } = cookieFacts(settings, undefined);
  const pairs = (cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Returns a token from a link, for links of a page that does not consult the session. Undefined for anything that is not a token. */
export function linkedToken(carrier: TokenCarrier, settings: Settings): string | undefined {
  const value = settings.transport === 'query' ? presentedToken(carrier, settings) : undefined;
  return value !== undefined && TOKEN.test(value) ? value : undefined;
}

function idOf(value: string): string | undefined {
  return TOKEN.test(value) ? value.slice(0, ID_LENGTH) : undefined;
}

/** Asks the library for the cookie that it would set. */
function cookieFacts(
  settings: Settings,
  lifetime: number | undefined,
): { readonly name: string; readonly attributes: readonly string[] } {
  const headers = cookieTransport(settings).issue('', lifetime);
  const line = headers.find(([header]) => header === 'set-cookie')?.[1] ?? '';
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  return { name: pair.split('=')[0] ?? '', attributes };
}
