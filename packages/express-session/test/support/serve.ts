import { createServer, type RequestListener, type Server } from 'node:http';
import { listen, type ServedApp } from '@coatcheck/adapter-contract';
import { onTestFinished } from 'vitest';
import session, { type SessionOptions } from '../../src/index.ts';
import type { SessionMiddleware } from '../../src/middleware.ts';

export const SECRET = 'keyboard cat';

/** A browser: it keeps cookies and follows no redirect. */
export class Client {
  readonly cookies: Map<string, string> = new Map<string, string>();
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** A second browser with the same cookies. */
  copy(): Client {
    const copy = new Client(this.#url);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  /** What the browser sends as `Cookie`. */
  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0) headers.set('cookie', this.cookieHeader);
    const response = await fetch(this.#url + path, { redirect: 'manual', ...init, method, headers });
    for (const line of response.headers.getSetCookie()) {
      const pair = line.split(';', 1)[0] ?? '';
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (value === '' || /Expires=Thu, 01 Jan 1970/.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  async get(path: string): Promise<string> {
    return (await this.send('GET', path)).text();
  }

  async post(
    path: string,
    form: Record<string, string> = {},
  ): Promise<{ status: number; text: string; location: string | null }> {
    const response = await this.send('POST', path, { body: new URLSearchParams(form) });
    return {
      status: response.status,
      text: await response.text(),
      location: response.headers.get('location'),
    };
  }
}

/** Serves a listener, or a server, until the test ends. */
export async function serve(app: RequestListener | Server): Promise<ServedApp & { client(): Client }> {
  const served = await listen(typeof app === 'function' ? createServer(app) : app);
  onTestFinished(async () => {
    await served.close();
  });
  return { ...served, client: () => new Client(served.url) };
}

/** Makes the middleware as the README recommends it. */
export function makeSession(options: SessionOptions = {}): SessionMiddleware {
  return session({ secret: SECRET, resave: false, saveUninitialized: false, ...options });
}
