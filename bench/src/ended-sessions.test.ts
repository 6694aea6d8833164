import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FetchCaller } from './drive/fetch-caller.ts';
import { NodeCaller } from './drive/node-caller.ts';
import { type Caller, cookieAfter } from './drive/shop-request.ts';
import type { SideSetting } from './side.ts';
import { SIDES } from './side-list.ts';

/** Builds the shop of a side in this process. `onRead` is called after each read of its store. */
async function openShop(id: string, onRead: () => void): Promise<Caller> {
  const build = await SIDES.find((side) => side.id === id)?.load();
  if (build === undefined) throw new Error(`There is no side ${id}`);
  const setting: SideSetting = {
    count(store, [name = '']) {
      const read: unknown = Reflect.get(store, name);
      if (typeof read !== 'function') throw new Error(`The store of ${id} has no ${name}`);
      Reflect.set(store, name, (...parameters: unknown[]) => {
        const result: unknown = read.apply(store, parameters);
        onRead();
        return result;
      });
    },
    now: Date.now,
    redisUrl: '',
    postgresUrl: '',
    directory: '',
  };
  const { handler } = await build(setting);
  return handler.kind === 'node' ? new NodeCaller(handler.handle) : new FetchCaller(handler.fetch);
}

beforeEach(() => {
  // Koa prints what a handler throws.
  vi.spyOn(console, 'error').mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Signs out while a slow request that has read the session is about to change it. Gives the visits that the cookie of before shows afterwards. */
async function visitsAfterSignOut(id: string): Promise<number> {
  let onRead = () => {};
  const shop = await openShop(id, () => onRead());
  const begun = await shop.send({ route: 'write' });
  const cookie = cookieAfter(undefined, begun.setCookies);
  // Only the slow handler waits for a timer.
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const read = new Promise<void>((resolve) => {
    onRead = resolve;
  });
  const slow = shop.send({ route: 'slowWrite', cookie });
  await read;
  while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
  expect((await shop.send({ route: 'signOut', cookie })).status).toBe(200);
  await vi.runAllTimersAsync();
  await slow;
  vi.useRealTimers();
  return Number((await shop.send({ route: 'read', cookie })).text);
}

describe('a slow request after the sign-out, as docs/compare.md says', () => {
  it.for(['express/express-session', 'koa/koa-session', 'fastify/session'])(
    'revives a session of %s',
    async (id) => {
      expect(await visitsAfterSignOut(id)).toBeGreaterThan(0);
    },
  );

  it.for(['hono/hono-sessions', 'express/coatcheck', 'koa/coatcheck', 'hono/coatcheck', 'fastify/coatcheck'])(
    'revives no session of %s',
    async (id) => {
      expect(await visitsAfterSignOut(id)).toBe(0);
    },
  );
});
