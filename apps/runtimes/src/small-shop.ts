import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argumentsFor, bin } from './binaries.ts';

/** A shop that has started. */
export interface RunningShop {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Registers what the small shops of all runtimes promise, as tests over HTTP. */
export function testSmallShop(start: () => Promise<RunningShop>): void {
  describe('the small shop', () => {
    let shop: RunningShop;

    beforeAll(async () => {
      shop = await start();
    }, 120_000);
    afterAll(() => shop.stop());

    it('keeps all of 20 coats that one visitor adds at once', async () => {
      const visitor = new ShopVisitor(shop.origin);
      await visitor.post('/cart/first');
      const added = Array.from({ length: 20 }, (_, i) => `coat-${i}`);
      const responses = await Promise.all(added.map((sku) => visitor.post(`/cart/${sku}`)));
      expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([303]));
      expect((await visitor.cart()).toSorted()).toEqual(['first', ...added].toSorted());
    });

    it('keeps the cart at the sign-in, and the cookie from before no longer works', async () => {
      const visitor = new ShopVisitor(shop.origin);
      await visitor.post('/cart/coat');
      const before = visitor.copy();
      expect((await visitor.post('/sign-in', 'user=ada')).status).toBe(303);
      expect(await visitor.page()).toContain('<b>ada</b>');
      expect(await visitor.cart()).toEqual(['coat']);
      expect(await before.cart()).toEqual([]);
    });

    it('ends the session at the sign-out, so that a copied cookie is dead', async () => {
      const visitor = new ShopVisitor(shop.origin);
      await visitor.post('/cart/coat');
      await visitor.post('/sign-in', 'user=ada');
      const thief = visitor.copy();
      expect(await thief.page()).toContain('<b>ada</b>');
      expect((await visitor.post('/sign-out')).status).toBe(303);
      expect(await thief.page()).not.toContain('ada');
      expect(await thief.cart()).toEqual([]);
    });

    it('refuses a write from another site, and a sign-in without a user', async () => {
      const visitor = new ShopVisitor(shop.origin);
      expect((await visitor.post('/cart/coat', '', 'cross-site')).status).toBe(403);
      expect((await visitor.post('/sign-in')).status).toBe(400);
    });
  });
}

/** A browser that visits a small shop. */
class ShopVisitor {
  readonly #origin: string;
  #cookie: string;

  constructor(origin: string, cookie = '') {
    this.#origin = origin;
    this.#cookie = cookie;
  }

  /** Returns a second browser with a copy of the cookie. */
  copy(): ShopVisitor {
    return new ShopVisitor(this.#origin, this.#cookie);
  }

  async post(path: string, form = '', site = 'same-origin'): Promise<Response> {
    const response = await fetch(this.#origin + path, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': site,
        cookie: this.#cookie,
      },
      body: form,
    });
    await response.text();
    this.#cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? this.#cookie;
    return response;
  }

  async page(): Promise<string> {
    const response = await fetch(this.#origin, { headers: { cookie: this.#cookie } });
    if (response.status !== 200) throw new Error(await response.text());
    return response.text();
  }

  async cart(): Promise<readonly string[]> {
    return [...(await this.page()).matchAll(/<li>(.*?)<\/li>/g)].map(([, sku = '']) => sku);
  }
}

/** Starts a shop that Bun or Deno serves, in an empty folder, as its `start` script does. */
export async function startSmallShop(runtime: 'bun' | 'deno', file: URL): Promise<RunningShop> {
  const args = {
    bun: [],
    deno: ['run', '--no-lock', '--allow-net', '--allow-read', '--allow-write', '--allow-env'],
  };
  const cwd = await mkdtemp(join(tmpdir(), 'coatcheck-shop-'));
  const child = spawn(bin(runtime), [...args[runtime], ...(await argumentsFor(file))], {
    cwd,
    env: { ...process.env, PORT: '0' },
    // A group of its own: the command may be a wrapper, which starts the runtime and does not pass signals on.
    detached: true,
  });
  return {
    origin: await originOf(child),
    async stop() {
      const exited = once(child, 'close');
      if (child.pid !== undefined) process.kill(-child.pid);
      await exited;
      await rm(cwd, { recursive: true });
    },
  };
}

/** Resolves to the first URL that a server prints. */
function originOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let output = '';
  const search = (chunk: Buffer): void => {
    output += chunk;
    const [url] = /http:\/\/(?:localhost|127\.0\.0\.1):\d+/.exec(output) ?? [];
    if (url !== undefined) resolve(url);
  };
  child.stdout.on('data', search);
  child.stderr.on('data', search);
  child.once('exit', () => reject(new Error(`The shop has exited: ${output}`)));
  return promise;
}
