import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionStore } from '@coatcheck/core';
import { redisStore } from '@coatcheck/redis';
import { RedisServer } from '@coatcheck/shop-common/testing';
import { sqliteStore } from '@coatcheck/sqlite';
import type { Cookie } from 'playwright-core';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, makeCertificate } from './certificate.ts';
import { BoundChromium } from './chromium.ts';
import { type Framework, type Site, serveSite } from './site.ts';

const IN_TIME = 60_000;
const REFRESHES = 5;
const STOLEN = 100;

interface OpenStore {
  readonly store: SessionStore;
  close(): Promise<void>;
}

const STORES: Readonly<Record<string, () => Promise<OpenStore>>> = {
  SQLite: async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bound-store-'));
    const store = sqliteStore(join(directory, 'sessions.db'));
    return {
      store,
      close: async () => {
        store.close();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  },
  Redis: async () => {
    const server = await RedisServer.start();
    const client = await createClient({ url: server.url }).connect();
    return {
      store: redisStore(client),
      close: async () => {
        client.destroy();
        await server.stop();
      },
    };
  },
};

const FRAMEWORKS: readonly Framework[] = ['express', 'koa', 'hono'];
const SITES = FRAMEWORKS.flatMap((framework) =>
  Object.keys(STORES).map((store) => [framework, store] as const),
);

let certificate: Certificate;
let thief: BoundChromium;
beforeAll(async () => {
  certificate = makeCertificate();
  thief = new BoundChromium(certificate.spki);
  await thief.start();
}, IN_TIME);
afterAll(() => thief?.remove());

describe.for(SITES)('Chromium and %s over %s', ([framework, storeName]) => {
  let opened: OpenStore;
  let site: Site;
  let owner: BoundChromium;
  const me = () => owner.visit(`${site.url}/me`);
  const types = () => site.events.map(({ type }) => type);
  const count = (type: string) => types().filter((each) => each === type).length;

  beforeAll(async () => {
    opened = await (STORES[storeName] ?? failed)();
    site = await serveSite(framework, opened.store, certificate);
    owner = new BoundChromium(certificate.spki);
    await owner.start();
  }, IN_TIME);
  afterAll(async () => {
    await owner?.remove();
    await site?.close();
    await opened?.close();
  });

  it('register a key with the sign-in, and bind the session with the next request', {
    timeout: IN_TIME,
  }, async () => {
    expect(await owner.visit(`${site.url}/sign-in`)).toContain('maren');
    await owner.told('created');
    expect(await me()).toBe('maren bound');
    expect(types()).toEqual(expect.arrayContaining(['signed-in', 'device-registered', 'device-bound']));
    expect(await site.sessions.list('maren')).toMatchObject([{ bound: true }]);
  });

  it('refresh five times, and after a link of another site, without an interruption', {
    timeout: IN_TIME,
  }, async () => {
    for (let i = 1; i <= REFRESHES; i += 1) {
      await owner.expireCookie();
      site.pass(11);
      expect(await me()).toBe('maren bound');
      await owner.told('refreshed', i);
    }
    await owner.expireCookie();
    site.pass(11);
    expect(await owner.follow(`${site.url}/me`)).toBe('maren bound');
    await owner.told('refreshed', REFRESHES + 1);
    expect(count('device-refreshed')).toBe(REFRESHES + 1);
    expect(count('refused')).toBe(0);
  });

  it('go on after a restart of the browser', { timeout: IN_TIME }, async () => {
    await owner.stop();
    owner.events.length = 0;
    await owner.start();
    await owner.expireCookie();
    site.pass(11);
    expect(await me()).toBe('maren bound');
    await owner.told('refreshed');
    expect(count('refused')).toBe(0);
  });

  it('refuse the cookies in another Chromium and in a plain client, while the owner goes on', {
    timeout: IN_TIME,
  }, async () => {
    const stolen = await owner.cookies();
    await thief.takeCookies(stolen);
    expect(await plainly(`${site.url}/me`, stolen)).toContain('maren');
    site.pass(12);
    await owner.expireCookie();
    expect(await me()).toBe('maren bound');
    expect(await thief.visit(`${site.url}/me`)).toBe('nobody unbound unbound');
    // A registration and a refresh need what only the owner has.
    expect(thief.events).toEqual([]);
    const seen = new Set<string>();
    for (let i = 0; i < STOLEN; i += 1) seen.add(await plainly(`${site.url}/me`, stolen));
    expect([...seen]).toEqual(['<!doctype html><title>me</title>nobody unbound unbound']);
    const refused = site.events.filter(({ type }) => type === 'refused');
    expect(refused.length).toBeGreaterThan(STOLEN);
    expect(new Set(refused.map((event) => 'reason' in event && event.reason))).toEqual(new Set(['unbound']));
    expect(await me()).toBe('maren bound');
  });

  it('end the binding in the browser after a sign-out', { timeout: IN_TIME }, async () => {
    owner.events.length = 0;
    expect(await owner.visit(`${site.url}/sign-out`)).toContain('nobody');
    await owner.told('ended');
    expect(owner.events).toContainEqual({ kind: 'ended', detail: 'ServerRequested' });
    expect((await owner.cookies()).filter(({ name }) => name.startsWith('__Host-session'))).toEqual([]);
  });

  it('end it after a revocation from another device', { timeout: IN_TIME }, async () => {
    owner.events.length = 0;
    await owner.visit(`${site.url}/sign-in`);
    await owner.told('created');
    expect(await me()).toBe('maren bound');
    await site.sessions.revokeUser('maren');
    expect(await me()).toBe('nobody revoked unbound');
    await owner.expireCookie();
    expect(await me()).toBe('nobody revoked unbound');
    await owner.told('ended');
    expect(types()).toContain('revoked');
  });
});

/** Requests a page with cookies, as curl does. */
function plainly(url: string, cookies: readonly Cookie[]): Promise<string> {
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const sent = request(
    url,
    { headers: { cookie }, ca: certificate.cert, servername: 'localhost' },
    (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    },
  );
  sent.on('error', reject).end();
  return promise;
}

function failed(): never {
  throw new Error('There is no such store.');
}
