import { configError } from '../../common/errors.ts';
import type { RequestView, ResponseHeader } from '../request-view.ts';

/**
 * Carries a token between client and server. `cookie()`, `bearer()`, `header()`, `query()` and `form()` make one, and so does `dpop()` of `@coatcheck/core/dpop`; write your own as an object literal.
 *
 * Danger: `sentAutomatically` and `inPageOrUrl` decide which protections apply, so they have no default. If in doubt, write `true`.
 */
export interface Transport {
  /**
   * Whether the browser sends the token by itself, as it does with a cookie. If so, the cross-site rule and timed renewal apply. If not, `read` is
   * shown nothing that a browser sends by itself: no `Cookie`, no `Referer`, no Basic or Digest credentials, no host and no address.
   */
  readonly sentAutomatically: boolean;
  /**
   * Whether the token is part of a page or a URL, as with a form field or a query parameter. If so, a token that another site may have planted is
   * rejected, and responses carry a `Referrer-Policy`. If not, `read` is shown no query parameter and no form field.
   */
  readonly inPageOrUrl: boolean;
  /** The name of the request header that the token travels in, for `Vary`; undefined if it travels in none. */
  readonly vary: string | undefined;
  /** How long the client keeps a token that `issue` is given no lifetime for, in milliseconds; left out if it keeps it until the browser closes. */
  readonly maxAge?: number | undefined;
  /** What the app is warned of when its sessions are created; undefined if nothing. */
  readonly warning?: string | undefined;
  /** Verifies that the client has the private key which its session is bound to. Left out if the token alone opens a session, as with all transports but `dpop()`. */
  readonly proofs?: TransportProofs | undefined;
  /**
   * Describes the cookie that the app makes of an issued token itself, as `Set-Cookie` has it after the value, such as `; Path=/; Secure`. The warning
   * `cookie-not-returned` needs it. Left out if `issue` returns a `Set-Cookie` header, or if the token travels in no cookie.
   */
  cookieAttributes?(request: RequestView): string | undefined;
  /** Reads the tokens that a request presents; usually none or one. It must not throw, whatever the client sends. */
  read(request: RequestView): readonly string[];
  /** Returns the response headers that give the client a token. `lifetime` is in milliseconds; undefined means until the browser closes. */
  issue(token: string, lifetime: number | undefined): readonly ResponseHeader[];
  /** Returns the response headers that make the client forget its token. */
  clear(): readonly ResponseHeader[];
}

/** Verifies proofs of possession. Each session of such a transport is bound to a key when it begins, and is served only to requests that prove this key. */
export interface TransportProofs {
  /** Tells whether a request that presents no token is meant for this transport. It must not throw, whatever the client sends. */
  isOffered(request: RequestView): boolean;
  /** Verifies the proof of a request, for the token that it presents, if any. It is shown the whole request. It must not reject, whatever the client sends. */
  verify(request: RequestView, token: string | undefined, now: () => number): Promise<VerifiedProof>;
  /** Returns the key that a request has proven. Throws an error if it has proven none: the session that was to begin would be open to anyone who has its token. */
  require(proof: VerifiedProof | undefined): string;
}

/** What a request has proven. */
export interface VerifiedProof {
  /** The public key that the client has proven to have, as a record keeps it; undefined if none. */
  readonly key: string | undefined;
  /** The headers that the response needs when it leaves, such as a challenge. */
  readonly headers: readonly ResponseHeader[];
  /** Tells whether the proof opens a session that is bound to a key. It may be asked several times for one request, and says the same each time. */
  opens(key: string): boolean;
}

/** Throws `ERR_CONFIG` unless a transport has all its parts. Its capabilities decide which protections apply, so none has a default. */
export function checkTransport(transport: object): void {
  const checkPart = (part: string, type: string, expected: string) => {
    const value: unknown = Reflect.get(transport, part);
    if (typeof value !== type) throw configError(`${part} of a transport`, value, expected);
  };
  checkPart('sentAutomatically', 'boolean', 'true if browsers send the token by themselves, otherwise false');
  checkPart('inPageOrUrl', 'boolean', 'true if the token is part of a page or URL, otherwise false');
  for (const method of ['read', 'issue', 'clear']) checkPart(method, 'function', 'a function');
  if (Reflect.get(transport, 'cookieAttributes') !== undefined) {
    checkPart('cookieAttributes', 'function', 'a function, or left out');
  }
  const vary: unknown = Reflect.get(transport, 'vary');
  if (vary !== undefined && !(typeof vary === 'string' && VARY.test(vary))) {
    throw configError('vary of a transport', vary, "undefined or a header's name such as 'Cookie'");
  }
}

const VARY = /^[A-Za-z0-9-]+$/;

/** Reads the tokens that a request presents by a transport; none if reading throws. */
export function readTokens(transport: Transport, request: RequestView): readonly string[] {
  try {
    return transport.read(new DeclaredRequestView(request, transport));
  } catch {
    return [];
  }
}

/** The schemes whose credentials a browser repeats by itself (RFC 7617, 7616, 4559, 7804, 7486, 8120, 9729; NTLM). */
const AUTOMATIC_SCHEME = /^\s*(?:basic|digest|negotiate|ntlm|scram-[\w-]+|hoba|mutual|concealed)(?:\s|$)/i;

/** Shows a transport only the parts of a request that its capabilities declare, so a wrong declaration finds no token instead of losing a protection. */
class DeclaredRequestView implements RequestView {
  readonly #request: RequestView;
  readonly #transport: Transport;

  constructor(request: RequestView, transport: Transport) {
    this.#request = request;
    this.#transport = transport;
  }

  get method(): string {
    return this.#request.method;
  }

  get host(): string | undefined {
    return this.#transport.sentAutomatically ? this.#request.host : undefined;
  }

  get ip(): string | undefined {
    return this.#transport.sentAutomatically ? this.#request.ip : undefined;
  }

  header(name: string): string | undefined {
    if (this.#transport.sentAutomatically) return this.#request.header(name);
    const lower = name.toLowerCase();
    if (lower === 'cookie' || lower === 'referer') return undefined;
    const value = this.#request.header(lower);
    const isAutomatic = lower === 'authorization' && value !== undefined && AUTOMATIC_SCHEME.test(value);
    return isAutomatic ? undefined : value;
  }

  query(name: string): string | undefined {
    return this.#transport.inPageOrUrl ? this.#request.query(name) : undefined;
  }

  form(name: string): string | undefined {
    return this.#transport.inPageOrUrl ? this.#request.form(name) : undefined;
  }
}

/**
 * Returns the `Vary` headers of a response by the transport that decided: those of each transport that was asked, up to it. The first transport
 * also stands for a request without a token, for which all were asked.
 */
export function varyByTransport(
  transports: readonly Transport[],
): ReadonlyMap<Transport, readonly ResponseHeader[]> {
  return new Map(
    transports.map((transport, index) => {
      const asked = index === 0 ? transports : transports.slice(0, index + 1);
      return [
        transport,
        asked.flatMap(({ vary }): ResponseHeader[] => (vary === undefined ? [] : [['vary', vary, 'append']])),
      ];
    }),
  );
}
