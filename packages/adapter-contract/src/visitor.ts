import { Cookie, CookieJar } from 'tough-cookie';
import { Exchange } from './exchange.ts';
import { Reply } from './reply.ts';

/** A request apart from its path. */
export interface RequestOptions {
  readonly method?: string;
  /** The request target to send instead of the path. */
  readonly target?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly form?: Readonly<Record<string, string>>;
}

/** A client with its own cookie jar: it sends the cookies that responses have set. */
export class Visitor {
  readonly #base: string;
  readonly #jar: CookieJar;

  constructor(base: string, jar: CookieJar = newJar()) {
    this.#base = base;
    this.#jar = jar;
  }

  /** Sends a request and waits for the response. */
  async send(path: string, options: RequestOptions = {}): Promise<Reply> {
    const exchange = await this.begin(path, options);
    return this.receive(await exchange.response);
  }

  async get(path: string, ...headers: readonly (readonly [name: string, value: string])[]): Promise<Reply> {
    return this.send(path, { headers });
  }

  async post(path: string, ...headers: readonly (readonly [name: string, value: string])[]): Promise<Reply> {
    return this.send(path, { method: 'POST', headers });
  }

  /** Sends a request and leaves the response to the caller. */
  async begin(
    path: string,
    { method = 'GET', target, headers = [], form }: RequestOptions = {},
  ): Promise<Exchange> {
    const url = new URL(path, this.#base);
    const lines = [...headers];
    const cookies = await this.#jar.getCookieString(url.href);
    if (cookies !== '') lines.push(['cookie', cookies]);
    if (form !== undefined) lines.push(['content-type', 'application/x-www-form-urlencoded']);
    const body = form === undefined ? undefined : new URLSearchParams(form).toString();
    return new Exchange({
      method,
      url,
      target,
      headers: lines,
      body: body ?? (method === 'POST' ? '' : undefined),
    });
  }

  /** Processes a response, including its cookies. */
  async receive(response: ConstructorParameters<typeof Reply>[0]): Promise<Reply> {
    const reply = new Reply(response);
    for (const line of reply.all('set-cookie')) await this.#jar.setCookie(line, this.#base);
    return reply;
  }

  /** Returns the values of the current cookies by name. */
  async cookies(): Promise<ReadonlyMap<string, string>> {
    const held = await this.#jar.getCookies(this.#base);
    return new Map(held.map(({ key, value }) => [key, value]));
  }

  /** Creates a second client with a copy of this one's cookies. */
  async copy(): Promise<Visitor> {
    return new Visitor(this.#base, await this.#jar.clone());
  }
}

/** Creates a cookie jar that enforces the rules of `__Host-` and treats loopback as secure, as browsers do. */
function newJar(): CookieJar {
  return new CookieJar(undefined, { prefixSecurity: 'strict', allowSecureOnLocal: true });
}

/** Parses a `Set-Cookie` value. */
export function parseCookie(line: string): Cookie {
  const cookie = Cookie.parse(line);
  if (cookie === undefined)
    throw new Error('Set-Cookie must be readable by a browser; the response has one that is not.');
  return cookie;
}
