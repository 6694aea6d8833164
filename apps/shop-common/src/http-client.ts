import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** A complete response. */
export interface ShopResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly setCookies: readonly string[];
  readonly body: string;
  /** The URL of a redirect; empty if there is none. */
  readonly location: string;
}

/** One request. */
export interface Call {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether a `Client` keeps the cookies of the response. Default: true. */
  readonly keepsCookies?: boolean;
}

const agent = new Agent({ keepAlive: true, maxSockets: 100 });

/** Sends one request. Keeps no cookies and follows no redirects. */
export function send(
  url: string,
  { method = 'GET', path, fields, body, headers = {} }: Call,
): Promise<ShopResponse> {
  const content = body ?? (fields === undefined ? undefined : new URLSearchParams(fields).toString());
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, url),
      {
        method,
        agent,
        headers: {
          ...(content !== undefined && {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': String(Buffer.byteLength(content)),
          }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            setCookies: response.headers['set-cookie'] ?? [],
            body: Buffer.concat(chunks).toString(),
            location: response.headers.location ?? '',
          }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(content);
  });
}

const JSON_ONLY = { accept: 'application/json' };

/** A minimal browser for one shop, which keeps cookies. */
export class Client {
  /** The URL of the shop. It changes when the shop is restarted. */
  url: string;
  readonly cookies: Map<string, string> = new Map();
  /** Every value that a cookie has ever had. */
  readonly seen: string[] = [];
  readonly headers: Readonly<Record<string, string>>;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.url = url;
    this.headers = headers;
  }

  /** Creates another browser with the same cookies. */
  copy(): Client {
    const copy = new Client(this.url, this.headers);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  /** The session's token. */
  get token(): string {
    return this.cookies.get('__Host-session') ?? this.cookies.get('session') ?? '';
  }

  async send(call: Call): Promise<ShopResponse> {
    const line = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.headers, ...(line !== '' && { cookie: line }), ...call.headers };
    const response = await send(this.url, { ...call, headers });
    if (call.keepsCookies !== false) this.keep(response);
    return response;
  }

  get(path: string): Promise<ShopResponse> {
    return this.send({ path });
  }

  post(path: string, fields: Readonly<Record<string, string>> = {}): Promise<ShopResponse> {
    return this.send({ method: 'POST', path, fields });
  }

  /** Requests JSON. */
  async json(path: string): Promise<unknown> {
    const { body } = await this.send({ path, headers: JSON_ONLY });
    return JSON.parse(body);
  }

  /** Signs in one of the demo users. */
  signIn(email: string, password: string): Promise<ShopResponse> {
    return this.post('/sign-in', { email, password });
  }

  /** Applies the cookies that a response sets. */
  keep(response: ShopResponse): void {
    for (const cookie of response.setCookies) {
      const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
      const [name = '', value = ''] = pair.split('=');
      if (value === '' || attributes.includes('Max-Age=0')) {
        this.cookies.delete(name);
      } else {
        this.cookies.set(name, value);
        this.seen.push(value);
      }
    }
  }
}
