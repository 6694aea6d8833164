import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly setCookies: readonly string[];
  readonly body: string;
  /** The address that it leads to; empty for none. */
  readonly location: string;
}

/** One request. */
export interface Call {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const agent = new Agent({ keepAlive: true, maxSockets: 100 });

/** Sends one request as it is: no cookie is kept and nothing is followed. */
export function send(
  url: string,
  { method = 'GET', path, fields, body, headers = {} }: Call,
): Promise<Answer> {
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
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            setCookies: answer.headers['set-cookie'] ?? [],
            body: Buffer.concat(chunks).toString(),
            location: answer.headers.location ?? '',
          }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(content);
  });
}

const JSON_ONLY = { accept: 'application/json' };

/** A browser as far as a session needs one: it keeps cookies, of one shop. */
export class Client {
  /** Where the shop is; it may be started anew elsewhere. */
  url: string;
  readonly cookies: Map<string, string> = new Map();
  /** Every value that a cookie ever had. */
  readonly seen: string[] = [];
  readonly headers: Readonly<Record<string, string>>;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.url = url;
    this.headers = headers;
  }

  /** Makes another browser with the same cookies. */
  copy(): Client {
    const copy = new Client(this.url, this.headers);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  /** The session's token. */
  get token(): string {
    return this.cookies.get('__Host-session') ?? '';
  }

  async send(call: Call): Promise<Answer> {
    const line = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.headers, ...(line !== '' && { cookie: line }), ...call.headers };
    const answer = await send(this.url, { ...call, headers });
    this.keep(answer);
    return answer;
  }

  get(path: string): Promise<Answer> {
    return this.send({ path });
  }

  post(path: string, fields: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send({ method: 'POST', path, fields });
  }

  /** Asks for JSON. */
  async json(path: string): Promise<unknown> {
    const { body } = await this.send({ path, headers: JSON_ONLY });
    return JSON.parse(body);
  }

  /** Signs one of the demo's users in. */
  signIn(email: string, password: string): Promise<Answer> {
    return this.post('/sign-in', { email, password });
  }

  /** Keeps what an answer sets. */
  keep(answer: Answer): void {
    for (const cookie of answer.setCookies) {
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
