import { randomBytes } from 'node:crypto';
import { type Caller, cookieAfter, type ShopReply, type ShopRequest } from './shop-request.ts';

/** What is measured. */
export const CASES = ['anonymous', 'forged', 'read', 'write', 'signIn'] as const;
export type Case = (typeof CASES)[number];

/** How many requests are under way at once where nobody waits for one of them. */
export const AT_ONCE = 16;

/** The visitors of one side: their cookies, and the requests that they make. */
export class Visitors {
  readonly #caller: Caller;
  readonly #cookies: string[] = [];
  #users = 0;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  get cookies(): readonly string[] {
    return this.#cookies;
  }

  /** Makes as many visitors with a session each; `forget` drops their cookies. */
  async arrive(count: number): Promise<readonly string[]> {
    const cookies: string[] = [];
    await inParallel(count, AT_ONCE, async () => {
      const cookie = cookieAfter(undefined, (await this.checked({ route: 'write' })).setCookies);
      if (cookie !== undefined) cookies.push(cookie);
    });
    return cookies;
  }

  /** Makes the visitors who read and write. */
  async settle(count: number): Promise<void> {
    this.#cookies.push(...(await this.arrive(count)));
  }

  /** Gives the requests of one case. A sign-in needs a session of its own, made beforehand. */
  async requests(kind: Case, count: number): Promise<readonly ShopRequest[]> {
    switch (kind) {
      case 'anonymous':
        return repeated(count, () => ({ route: 'read' }));
      case 'forged':
        return repeated(count, (at) => ({ route: 'read', cookie: forged(this.#cookieAt(at)) }));
      case 'read':
        return repeated(count, (at) => ({ route: 'read', cookie: this.#cookieAt(at) }));
      case 'write':
        return repeated(count, (at) => ({ route: 'write', cookie: this.#cookieAt(at) }));
      case 'signIn': {
        const cookies = await this.arrive(count);
        return repeated(count, (at) => ({ route: 'signIn', cookie: cookies[at], userId: this.#nextUser() }));
      }
    }
  }

  /** Sends a request and rejects a response that is not 200. */
  async checked(request: ShopRequest): Promise<ShopReply> {
    const reply = await this.#caller.send(request);
    if (reply.status !== 200) throw new Error(`The shop responded with ${reply.status}: ${reply.text}`);
    return reply;
  }

  #cookieAt(at: number): string | undefined {
    return this.#cookies[at % this.#cookies.length];
  }

  #nextUser(): string {
    this.#users += 1;
    return `user-${this.#users}`;
  }
}

/** Runs as many calls, no more of them at once than said. */
export async function inParallel(
  count: number,
  atOnce: number,
  call: (at: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      const at = next;
      next += 1;
      await call(at);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, one));
}

function repeated(count: number, make: (at: number) => ShopRequest): readonly ShopRequest[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

/** Keeps a cookie's form and changes what makes it good: the last characters that look drawn or signed, but for two that may not be free. */
function forged(cookie: string | undefined): string | undefined {
  const drawn = randomBytes(8).toString('base64url').slice(0, 10);
  return cookie?.replace(/^(.*)[\w-]{10}(?=[\w-]{2})/, `$1${drawn}`);
}
