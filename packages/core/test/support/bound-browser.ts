import type { ResponseHeader } from '../../src/http/request-view.ts';
import type { DirectResponse } from '../../src/session/direct-response.ts';
import type { Session } from '../../src/session/session-types.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import { setCookies } from './browser.ts';
import type { DeviceKey } from './device-key.ts';
import { type RequestParts, request } from './request.ts';

export const TOKEN = '__Host-session';
export const BOUND = '__Host-session-device';
export const PATH = '/session/device';
const CHROMIUM =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

/** What the browser keeps of a binding. */
export interface Binding {
  readonly id: string;
  readonly key: DeviceKey;
  /** The challenge that a response gave in advance. */
  challenge: string | undefined;
}

/** A browser that has device-bound sessions, and does each of their steps when a test says so. */
export class BoundBrowser {
  readonly cookies: Map<string, string>;
  /** The challenge of the registration that a response offered last. */
  offer: string | undefined;
  binding: Binding | undefined;
  readonly #makeKey: () => DeviceKey | Promise<DeviceKey>;

  constructor(
    makeKey: () => DeviceKey | Promise<DeviceKey>,
    cookies: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#makeKey = makeKey;
    this.cookies = new Map(cookies);
  }

  /** A thief with a copy of the cookies, and with no key. */
  stolen(...without: readonly string[]): BoundBrowser {
    const copy = new BoundBrowser(this.#makeKey, this.cookies);
    for (const name of without) copy.cookies.delete(name);
    return copy;
  }

  /** Runs a whole request; `isLost`: its response does not arrive. */
  async use<Data, R>(
    sessions: Sessions<Data>,
    act: (session: Session<Data>) => R | Promise<R>,
    { isLost = false, ...parts }: RequestParts & { readonly isLost?: boolean } = {},
  ): Promise<R> {
    const visit = sessions.open(this.request(parts));
    const session = await visit.session.load();
    const result = await act(session);
    const headers = visit.seal();
    if (!isLost) this.receive(headers);
    return result;
  }

  /** Signs a user in and registers a key, as browsers do at once. */
  async bind<Data>(sessions: Sessions<Data>, userId = 'alice'): Promise<void> {
    await this.use(sessions, (session) => session.signIn(userId));
    await this.register(sessions);
  }

  /** Registers a new key for the offer. */
  async register<Data>(sessions: Sessions<Data>, isLost = false): Promise<DirectResponse> {
    const key = await this.#makeKey();
    const proof = await key.sign(this.offer ?? '', true);
    this.offer = undefined;
    const response = await this.post(sessions, { 'secure-session-response': proof });
    if (!isLost && response.status === 200) {
      const { session_identifier: id }: { session_identifier: string } = JSON.parse(response.body);
      this.binding = { id, key, challenge: undefined };
      this.receive(response.headers);
    }
    return response;
  }

  /** Refreshes the bound cookie: with the challenge that is known, otherwise by asking for one. A refusal with a challenge is tried again once. */
  async refresh<Data>(sessions: Sessions<Data>, isLost = false): Promise<DirectResponse | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const { binding } = this;
      if (binding === undefined) return undefined;
      const { challenge, key } = binding;
      const response = await this.post(sessions, {
        'sec-secure-session-id': binding.id,
        ...(challenge !== undefined && { 'secure-session-response': await key.sign(challenge) }),
      });
      if (isLost) return response;
      this.receive(response.headers);
      const hasChallenge = response.headers.some(([name]) => name === 'secure-session-challenge');
      const hasEnded =
        (response.status >= 400 && response.status < 500 && !hasChallenge) ||
        response.body.includes('"continue":false');
      // It may have registered another key meanwhile.
      if (hasEnded && this.binding?.id === binding.id) this.binding = undefined;
      if (response.status !== 403 || !hasChallenge || attempt === 2) return response;
    }
  }

  /** Sends a request of the browser itself. */
  async post<Data>(
    sessions: Sessions<Data>,
    headers: Readonly<Record<string, string>>,
  ): Promise<DirectResponse> {
    const response = await sessions.open(this.request({ method: 'POST', path: PATH, headers })).respond();
    if (response === undefined) throw new Error('The request must be one of the browser itself.');
    return response;
  }

  request(parts: RequestParts = {}): ReturnType<typeof request> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return request({
      ...parts,
      headers: { 'user-agent': CHROMIUM, ...(cookie !== '' && { cookie }), ...parts.headers },
    });
  }

  /** Takes up what a response sets or clears, offers and gives in advance. */
  receive(headers: readonly ResponseHeader[]): void {
    for (const line of setCookies(headers)) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    for (const [name, value] of headers) {
      if (name === 'secure-session-registration') this.offer = /challenge="([^"]+)"/.exec(value)?.[1];
      const [, challenge, id] = /^"([^"]+)";id="([^"]+)"$/.exec(value) ?? [];
      if (name === 'secure-session-challenge' && id !== undefined && id === this.binding?.id)
        this.binding.challenge = challenge;
    }
  }
}
