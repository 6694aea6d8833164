import type { Client, ShopResponse } from '../http-client.ts';
import { SoftwareDevice } from '../software-device.ts';
import type { Gate } from './gate.ts';
import type { Stage } from './stage.ts';
import { type CookieChange, isBoundCookie } from './trace.ts';

/** How an act sends a request. */
export interface Sending {
  /** Holds the request back in the shop, after its session was loaded. */
  readonly gate?: Gate;
  /** Loses the response on the way: the browser sees neither it nor its cookie. */
  readonly loses?: boolean;
}

/** A browser of the lab. Its requests go to the shop over HTTP, as those of any browser. */
export class LabBrowser {
  readonly name: string;
  readonly #stage: Stage;
  readonly #client: Client;

  constructor(stage: Stage, name: string, client: Client) {
    this.#stage = stage;
    this.name = name;
    this.#client = client;
    stage.trace.addClient(name);
  }

  /** Opens a second tab, with the same cookies. */
  tab(name: string): LabBrowser {
    return new LabBrowser(this.#stage, name, this.#client);
  }

  /** Copies the cookies of another browser: all, or the session's alone. */
  steal(from: LabBrowser, which: 'all' | 'session' = 'all'): void {
    for (const [name, value] of from.#client.cookies) {
      if (which === 'all' || !isBoundCookie(name)) this.#client.cookies.set(name, value);
    }
  }

  /** Makes a key for the browser, by which it can bind its session. */
  makeDevice(): Promise<SoftwareDevice> {
    return SoftwareDevice.create((path, headers) => this.#send({ path, method: 'POST', headers }, {}));
  }

  get(path: string, sending: Sending = {}): Promise<ShopResponse> {
    return this.#send({ path }, sending);
  }

  post(
    path: string,
    fields: Readonly<Record<string, string>> = {},
    sending: Sending = {},
  ): Promise<ShopResponse> {
    return this.#send({ path, method: 'POST', fields }, sending);
  }

  /** Sends a request that does not appear in the trace, for JSON. */
  async look(path: string): Promise<unknown> {
    const { body } = await this.#client.send({ path, headers: { accept: 'application/json' } });
    return JSON.parse(body);
  }

  /** Ends the session, without a place in the trace. */
  async leave(): Promise<void> {
    const headers = { 'x-lab': this.#stage.announce({ client: this.name, gate: undefined }) };
    await this.#client.send({ path: '/sign-out', method: 'POST', headers });
  }

  async #send(
    call: {
      readonly path: string;
      readonly method?: 'POST';
      readonly fields?: Readonly<Record<string, string>>;
      readonly headers?: Readonly<Record<string, string>>;
    },
    { gate, loses = false }: Sending,
  ): Promise<ShopResponse> {
    const { trace } = this.#stage;
    const { path, method = 'GET' } = call;
    trace.record({
      kind: 'request',
      client: this.name,
      method,
      path,
      cookies: [...this.#client.cookies].map((cookie) => trace.cookieOf(cookie)),
    });
    const headers = { ...call.headers, 'x-lab': this.#stage.announce({ client: this.name, gate }) };
    const response = await this.#client.send({ ...call, headers, keepsCookies: !loses });
    trace.record({
      kind: 'response',
      client: this.name,
      status: response.status,
      outcome: outcomeOf(response),
      cookie: this.#changeOf(response),
      isLost: loses,
    });
    return response;
  }

  #changeOf({ setCookies }: ShopResponse): CookieChange {
    if (setCookies.length === 0) return undefined;
    const pairs = setCookies.map((line) => line.split(';')[0]?.split('=') ?? []);
    const set = pairs.filter(([, value]) => value !== '');
    return set.length === 0 ? 'cleared' : { set: set.map((pair) => this.#stage.trace.cookieOf(pair)) };
  }
}

/** Returns where a response leads to, or the heading of its page. */
function outcomeOf({ location, body }: ShopResponse): string {
  if (location !== '') return `to ${location.split(/[?#]/)[0]}`;
  return /<h1>([^<]*)<\/h1>/.exec(body)?.[1] ?? '';
}
