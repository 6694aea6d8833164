import { Agent, request } from 'node:http';
import type { Reply } from '../history/reply.ts';

const COOKIE = '__Host-session';
/** What every browser says of itself. */
export const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
/** When a client gives up, in milliseconds: later than any documented time. */
export const CLIENT_TIMEOUT = 30_000;

const agent = new Agent({ keepAlive: true, maxSockets: 512 });

/** One request of a browser. */
export interface Wanted {
  readonly port: number;
  readonly path: string;
  readonly token: string | undefined;
  /** After how many milliseconds the browser goes away; undefined: it waits. */
  readonly abortAfter: number | undefined;
}

/** What came back. */
export type Received =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly reply: Reply | undefined;
      readonly sets: string | undefined;
      readonly clears: boolean;
    }
  | {
      readonly kind: 'lost' | 'refused' | 'late' | 'aborted';
      /** Whether the connection was lost before a response, and had been used before: a server may close it at any time. */
      readonly wasIdle?: boolean;
    };

/** Sends one request. Never rejects. */
export function send({ port, path, token, abortAfter }: Wanted): Promise<Received> {
  return new Promise((resolve) => {
    const headers = {
      'sec-fetch-site': 'same-origin',
      'user-agent': USER_AGENT,
      ...(token !== undefined && { cookie: `${COOKIE}=${token}` }),
    };
    const method = path.startsWith('/read') ? 'GET' : 'POST';
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', () => finish({ kind: 'lost' }));
      response.once('aborted', () => finish({ kind: 'lost' }));
      response.once('end', () =>
        finish({
          kind: 'response',
          status: response.statusCode ?? 0,
          reply: parse(Buffer.concat(chunks).toString()),
          ...cookieOf(response.headers['set-cookie'] ?? []),
        }),
      );
    });
    const giveUp = (kind: 'late' | 'aborted') => () => {
      finish({ kind });
      sent.destroy();
    };
    const timers = [setTimeout(giveUp('late'), CLIENT_TIMEOUT)];
    if (abortAfter !== undefined) timers.push(setTimeout(giveUp('aborted'), abortAfter));
    const finish = (received: Received): void => {
      for (const timer of timers) clearTimeout(timer);
      resolve(received);
    };
    sent.once('error', (error) =>
      finish({
        kind: 'code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'lost',
        wasIdle: sent.reusedSocket,
      }),
    );
    sent.end();
  });
}

/** Closes the connections that are kept open. */
export function closeConnections(): void {
  agent.destroy();
}

function parse(body: string): Reply | undefined {
  try {
    const value: Reply = JSON.parse(body);
    return value;
  } catch {
    return undefined;
  }
}

/** Reads what `Set-Cookie` lines do to the token. */
export function cookieOf(lines: readonly string[]): { sets: string | undefined; clears: boolean } {
  const line = lines.find((each) => each.startsWith(`${COOKIE}=`));
  const value = line?.slice(COOKIE.length + 1).split(';')[0];
  if (value === undefined) return { sets: undefined, clears: false };
  return value === '' ? { sets: undefined, clears: true } : { sets: value, clears: false };
}
