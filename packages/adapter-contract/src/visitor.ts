import { Cookie, CookieJar } from 'tough-cookie';
import { Exchange } from './exchange.ts';
import { Reply } from './reply.ts';

/** What a request brings besides its path. */
export interface Sending {
  readonly method?: string;
  /** What the request line names in place of the path. */
  readonly target?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly form?: Readonly<Record<string, string>>;
}

/** Somebody with a browser of their own: what a response sets is presented from then on. */
export class Visitor {
  readonly #base: string;
  readonly #jar: CookieJar;

  constructor(base: string, jar: CookieJar = newJar()) {
    this.#base = base;
    this.#jar = jar;
  }

  /** Sends a request and waits for the answer. */
  async send(path: string, sending: Sending = {}): Promise<Reply> {
    const exchange = await this.begin(path, sending);
    return this.receive(await exchange.answer);
  }

  async get(path: string, ...headers: readonly (readonly [name: string, value: string])[]): Promise<Reply> {
    return this.send(path, { headers });
  }

  async post(path: string, ...headers: readonly (readonly [name: string, value: string])[]): Promise<Reply> {
    return this.send(path, { method: 'POST', headers });
  }

  /** Sends a request and leaves the answer to the caller. */
  async begin(path: string, { method = 'GET', target, headers = [], form }: Sending = {}): Promise<Exchange> {
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

  /** Takes an answer in, cookies and all. */
  async receive(answer: ConstructorParameters<typeof Reply>[0]): Promise<Reply> {
    const reply = new Reply(answer);
    for (const line of reply.all('set-cookie')) await this.#jar.setCookie(line, this.#base);
    return reply;
  }

  /** The cookies held, by name. */
  async cookies(): Promise<ReadonlyMap<string, string>> {
    const held = await this.#jar.getCookies(this.#base);
    return new Map(held.map(({ key, value }) => [key, value]));
  }

  /** Makes a second visitor who has copied the cookies of this one. */
  async copy(): Promise<Visitor> {
    return new Visitor(this.#base, await this.#jar.clone());
  }
}

/** Makes a jar that holds cookies to the rules of `__Host-`, and loopback for secure, as browsers do. */
function newJar(): CookieJar {
  return new CookieJar(undefined, { prefixSecurity: 'strict', allowSecureOnLocal: true });
}

/** Reads a `Set-Cookie` line. */
export function parseCookie(line: string): Cookie {
  const cookie = Cookie.parse(line);
  if (cookie === undefined) throw new Error('The answer sets a cookie that no browser would read.');
  return cookie;
}
