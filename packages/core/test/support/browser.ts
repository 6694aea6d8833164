import type { ResponseHeader } from '../../src/http/request-view.ts';
import type { Session } from '../../src/session/session-types.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import type { OpenOptions, Visit } from '../../src/session/visit.ts';
import { HOME_IP, type RequestParts, request } from './request.ts';

export const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
export const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15';

/** One request of a browser: its session, and the response that the browser may or may not receive. */
export interface BrowserRequest<Data> {
  readonly visit: Visit<Data>;
  readonly session: Session<Data>;
  /** Seals the response and brings it to the browser. */
  respond(): readonly ResponseHeader[];
}

/** A browser that keeps one cookie, as long as nobody clears it. */
export class Browser {
  /** The request header that it sends, undefined while it has no cookie. */
  cookie: string | undefined = undefined;
  readonly ip: string;
  readonly userAgent: string;

  constructor({ ip = HOME_IP, userAgent = FIREFOX }: { ip?: string; userAgent?: string } = {}) {
    this.ip = ip;
    this.userAgent = userAgent;
  }

  /** Opens a visit without loading it. */
  open<Data>(
    sessions: Sessions<Data>,
    parts: RequestParts = {},
    options?: OpenOptions,
  ): BrowserRequest<Data> {
    const headers = {
      'user-agent': this.userAgent,
      ...(this.cookie !== undefined && { cookie: this.cookie }),
      ...parts.headers,
    };
    const visit = sessions.open(request({ ip: this.ip, ...parts, headers }), options);
    return {
      visit,
      session: visit.session,
      respond: () => {
        const response = visit.seal();
        this.receive(response);
        return response;
      },
    };
  }

  /** Opens a visit and loads it. */
  async load<Data>(
    sessions: Sessions<Data>,
    parts?: RequestParts,
    options?: OpenOptions,
  ): Promise<BrowserRequest<Data>> {
    const opened = this.open(sessions, parts, options);
    await opened.session.load();
    return opened;
  }

  /** Runs one whole request: load, act, respond. */
  async use<Data, R>(
    sessions: Sessions<Data>,
    act: (session: Session<Data>) => R | Promise<R>,
    parts?: RequestParts,
  ): Promise<R> {
    const { session, respond } = await this.load(sessions, parts);
    const result = await act(session);
    respond();
    return result;
  }

  /** Takes up what a response sets or clears. */
  receive(headers: readonly ResponseHeader[]): void {
    for (const line of setCookies(headers)) {
      const pair = line.split(';')[0] ?? '';
      this.cookie = pair.endsWith('=') ? undefined : pair;
    }
  }

  /** The token in the cookie. */
  get token(): string {
    const token = this.cookie?.slice(this.cookie.indexOf('=') + 1);
    if (token === undefined) throw new Error('The browser holds no cookie.');
    return token;
  }

  /** A second browser that holds a copy of this one's cookie. */
  copy(as: { ip?: string; userAgent?: string } = {}): Browser {
    const copy = new Browser({ ip: this.ip, userAgent: this.userAgent, ...as });
    copy.cookie = this.cookie;
    return copy;
  }
}

/** Gives the `Set-Cookie` lines of a response. */
export function setCookies(headers: readonly ResponseHeader[]): readonly string[] {
  return headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
}
