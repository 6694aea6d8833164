import { describe, expect, it } from 'vitest';
import { Browser, setCookies } from '../../test/support/browser.ts';
import { request } from '../../test/support/request.ts';
import { failure, type SetUp, type ShopData, setUp } from '../../test/support/set-up.ts';
import { gate, type StoreCall } from '../../test/support/watched-store.ts';
import { cookie } from '../http/transports/cookie.ts';
import { bearer, form, header, query } from '../http/transports/plain.ts';
import type { Transport } from '../http/transports/transport.ts';
import { userKey } from '../users/user-index.ts';

const add = (sku: string) => (data: ShopData) => data.cart.push(sku);

async function shopper(
  { sessions, store, events }: SetUp,
  userId?: string,
): Promise<Browser & { id: string }> {
  const browser = new Browser();
  const id = await browser.use(sessions, async (session) => {
    await session.update(add('coat'));
    if (userId !== undefined) await session.signIn(userId);
    return session.id ?? '';
  });
  store.forget();
  events.length = 0;
  return Object.assign(browser, { id });
}

const names = (headers: readonly (readonly [string, string, string])[]) =>
  headers.map(([name, value]) => (name === 'set-cookie' ? name : `${name}: ${value}`));

describe('the headers', () => {
  it('carry the token and replace the app’s Cache-Control with no-store', async () => {
    const env = setUp();
    const { session, visit } = await new Browser().load(env.sessions);
    await session.update(add('coat'));
    const headers = visit.seal();
    expect(names(headers)).toEqual(['set-cookie', 'cache-control: no-store', 'vary: Cookie']);
    expect(headers.map(([, , how]) => how)).toEqual(['append', 'set', 'append']);
  });

  it.for([
    [undefined, ['same-origin']],
    ['no-referrer', []],
    ['No-Referrer, strict-origin-when-cross-origin', []],
    ['unsafe-url', ['same-origin']],
    ['no-referrer, unsafe-url', ['same-origin']],
    ['no-referrer-when-downgrade', ['same-origin']],
    ['', ['same-origin']],
  ] as const)(
    'keep a Referrer-Policy of the app’s own if it keeps the token from other sites: %j',
    async ([present, sent]) => {
      const env = setUp({ transports: [query('s')] });
      const { visit } = await new Browser().load(env.sessions, { query: { s: 'A'.repeat(65) } });
      const headers = visit.seal((name) => (name === 'referrer-policy' ? present : undefined));
      expect(headers.filter(([name]) => name === 'referrer-policy').map(([, value]) => value)).toEqual(sent);
    },
  );

  it('remove those that only shared caches obey from a response with a token, if it has them', async () => {
    const env = setUp();
    const { session, visit } = await new Browser().load(env.sessions);
    await session.update(add('coat'));
    const present = new Set(['cdn-cache-control', 'x-accel-expires']);
    const headers = visit.seal((name) => (present.has(name) ? '60' : undefined));
    expect(headers.filter(([, , how]) => how === 'delete').map(([name]) => name)).toEqual([...present]);
  });

  it('are told to the adapter when the app first uses the session, and not before', async () => {
    const env = setUp();
    const told: unknown[] = [];
    const { session } = env.sessions.open(request(), { onAccess: (headers) => told.push(headers) });
    await session.load();
    expect(told).toEqual([]);
    void session.id;
    void session.data;
    expect(told).toEqual([[['vary', 'Cookie', 'append']]]);
  });

  it('are returned once: a second call returns none', async () => {
    const env = setUp();
    const { session, visit } = await new Browser().load(env.sessions);
    await session.update(add('coat'));
    expect(visit.seal()).not.toEqual([]);
    expect(visit.seal()).toEqual([]);
  });

  it('include Vary if the app read the session, but not for loading alone', async () => {
    const env = setUp();
    const browser = await shopper(env);
    expect((await browser.load(env.sessions)).respond()).toEqual([]);
    const { session, respond } = await browser.load(env.sessions);
    expect(session.userId).toBeUndefined();
    expect(respond()).toEqual([['vary', 'Cookie', 'append']]);
  });

  it.for(['id', 'data', 'userId', 'createdAt', 'signedInAt', 'expiresAt', 'ended', 'clientChanges'] as const)(
    'a look at %s is one',
    async (name) => {
      const { session, respond } = await new Browser().load(setUp().sessions);
      void session[name];
      expect(names(respond())).toEqual(['vary: Cookie']);
    },
  );

  it('vary by Authorization for bearer, by the header for header, and by nothing for query and form', async () => {
    const vary = async (...transports: readonly Transport[]) => {
      const { session, respond } = await new Browser().load(setUp({ transports }).sessions);
      void session.id;
      return names(respond());
    };
    expect(await vary(bearer())).toEqual(['vary: authorization']);
    expect(await vary(header('x-session'))).toEqual(['vary: x-session']);
    expect(await vary(query('s'), form('s'))).toEqual([]);
    expect(await vary(cookie(), bearer())).toEqual(['vary: Cookie', 'vary: authorization']);
  });

  it('forbid caching even if the app reveals a new token itself', async () => {
    const env = setUp({ transports: [bearer()] });
    const visit = env.sessions.open(request({ method: 'POST' }));
    await visit.session.load();
    await visit.session.update(add('coat'));
    expect(names(visit.seal())).toEqual(['cache-control: no-store', 'vary: authorization']);
  });

  it('keep a token in links and forms out of the Referer sent to other sites', async () => {
    const env = setUp({ transports: [query('s')] });
    const visit = env.sessions.open(request({ method: 'POST' }));
    await visit.session.load();
    await visit.session.update(add('coat'));
    expect(names(visit.seal())).toEqual(['referrer-policy: same-origin', 'cache-control: no-store']);
    const token = visit.session.revealToken() ?? '';
    const next = env.sessions.open(request({ query: { s: token } }));
    await next.session.load();
    expect(names(next.seal())).toEqual(['referrer-policy: same-origin']);
    const shown = env.sessions.open(request({ query: { s: token } }));
    await shown.session.load();
    shown.session.revealToken();
    expect(names(shown.seal())).toEqual(['referrer-policy: same-origin', 'cache-control: no-store']);
    await next.session.destroy();
    expect(names(env.sessions.open(request({ query: { s: token } })).seal())).toEqual([
      'referrer-policy: same-origin',
    ]);
    expect(names(env.sessions.open(request()).seal())).toEqual([]);
    const dead = env.sessions.open(request({ query: { s: token } }));
    await dead.session.load();
    expect(names(dead.seal())).toEqual(['referrer-policy: same-origin']);
    const without = env.sessions.open(request());
    await without.session.load();
    expect(names(without.seal())).toEqual([]);
  });
});

describe('after seal()', () => {
  it.for(['update', 'signIn'] as const)(
    '%s, which would grant a session, fails before anything is written',
    async (call) => {
      const env = setUp();
      const { session } = sealed(new Browser(), env);
      const calls = { update: () => session.update(add('hat')), signIn: () => session.signIn('alice') };
      const { message, status } = await failure(calls[call](), 'ERR_RESPONSE_SEALED');
      expect(message).toContain('before you send anything');
      expect(status).toBe(500);
      expect(env.store.calls).toEqual([]);
    },
  );

  it.for(['signIn', 'renew', 'finish'] as const)(
    '%s, which would send a token, fails before anything is written',
    async (call) => {
      const env = setUp();
      const browser = await shopper(env, 'alice');
      const { session } = sealed(browser, env);
      const calls = {
        signIn: () => session.signIn('alice'),
        renew: () => session.renew(),
        finish: () => session.finish(undefined, { keepUser: true }),
      };
      await failure(calls[call](), 'ERR_RESPONSE_SEALED');
      expect(env.store.writes).toBe(0);
      expect(await browser.use(env.sessions, ({ userId }) => userId)).toBe('alice');
    },
  );

  it('an update of an existing session still works, so a stream can save', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session, visit } = await browser.load(env.sessions);
    visit.seal();
    await session.update(add('hat'));
    await session.update(add('scarf'));
    expect(await browser.use(env.sessions, ({ data }) => data.cart)).toEqual(['coat', 'hat', 'scarf']);
  });

  it('destroy and finish still work, since they send no token', async () => {
    const env = setUp();
    const [one, other] = [await shopper(env), await shopper(env)];
    await sealed(one, env).session.destroy();
    expect(await sealed(other, env).session.finish('receipt')).toBe(true);
    expect(await one.use(env.sessions, ({ ended }) => ended)).toEqual({ reason: 'unknown' });
    expect(await other.use(env.sessions, ({ ended }) => ended)).toEqual({
      reason: 'finished',
      receipt: 'receipt',
    });
  });
});

describe('a response sealed during a call', () => {
  it('rolls a grant back', async () => {
    const env = setUp();
    const { session, visit } = await new Browser().load(env.sessions);
    const held = gate();
    env.store.before = ({ operation }) => (operation === 'write' ? held.wait() : undefined);
    const granting = session.update(add('coat'));
    await held.reached;
    expect(setCookies(visit.seal())).toEqual([]);
    held.open();
    await failure(granting, 'ERR_RESPONSE_SEALED');
    expect(session.id).toBeUndefined();
    expect(env.store.size).toBe(0);
    expect(env.types()).not.toContain('granted');
  });

  it.for([0, 1, 2, 3, 4, 5])(
    'at store call %i, a sign-in into an anonymous session restores it whole',
    async (at) => {
      const env = setUp();
      const browser = await shopper(env);
      const before = await env.store.inner.read(browser.id);
      const { outcome, sealedAt } = await signInSealedAt(env, browser, 'alice', at);
      if (!sealedAt) return expect(outcome).toBe('done');
      expect(outcome).toBe('ERR_RESPONSE_SEALED');
      const after = await env.store.inner.read(browser.id);
      expect(after?.version).toBeGreaterThanOrEqual(before?.version ?? Number.POSITIVE_INFINITY);
      expect(withoutWrites(after?.body)).toEqual(withoutWrites(before?.body));
      expect(await browser.use(env.sessions, ({ id, userId, data }) => ({ id, userId, data }))).toEqual({
        id: browser.id,
        userId: undefined,
        data: { cart: ['coat'] },
      });
      expect(await env.sessions.list('alice')).toEqual([]);
      expect(await indexOf(env, 'alice')).not.toContain(browser.id);
      return undefined;
    },
  );

  it.for([0, 1, 2, 3, 4, 5])(
    'at store call %i, a sign-in of the same user again leaves the session as it was',
    async (at) => {
      const env = setUp();
      const browser = await shopper(env, 'alice');
      env.clock.advance('1m');
      const { outcome, sealedAt } = await signInSealedAt(env, browser, 'alice', at);
      if (!sealedAt) return expect(outcome).toBe('done');
      expect(outcome).toBe('ERR_RESPONSE_SEALED');
      expect(
        await browser.use(env.sessions, ({ id, userId, isFresh }) => ({ id, userId, isFresh })),
      ).toMatchObject({
        id: browser.id,
        userId: 'alice',
      });
      expect((await env.sessions.list('alice')).map(({ id }) => id)).toEqual([browser.id]);
      expect(await browser.use(env.sessions, (session) => session.isFresh('30s'))).toBe(false);
      return undefined;
    },
  );

  it.for([0, 1, 2, 3, 4, 5])(
    'leaves no session after a sign-in without one, sealed at store call %i',
    async (at) => {
      const env = setUp();
      const { outcome, sealedAt } = await signInSealedAt(env, new Browser(), 'alice', at);
      if (!sealedAt) return expect(outcome).toBe('done');
      expect(outcome).toBe('ERR_RESPONSE_SEALED');
      expect(await env.sessions.list('alice')).toEqual([]);
      expect(env.store.size).toBeLessThanOrEqual(1);
      return undefined;
    },
  );

  it.for([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
    'at store call %i, a sign-in as another user leaves no session of that user',
    async (at) => {
      const env = setUp();
      const browser = await shopper(env, 'alice');
      const { outcome, sealedAt } = await signInSealedAt(env, browser, 'bob', at);
      if (!sealedAt) return expect(outcome).toBe('done');
      expect(outcome).toBe('ERR_RESPONSE_SEALED');
      expect(await env.sessions.list('bob')).toEqual([]);
      expect(await browser.use(env.sessions, ({ userId }) => userId)).not.toBe('bob');
      return undefined;
    },
  );

  it('restores the old secret after renew()', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session, visit } = await browser.load(env.sessions);
    const held = gate();
    env.store.before = ({ operation }) => (operation === 'write' ? held.wait() : undefined);
    const renewing = session.renew();
    await held.reached;
    visit.seal();
    held.open();
    await failure(renewing, 'ERR_RESPONSE_SEALED');
    await session.update(add('hat'));
    expect(await browser.use(env.sessions, ({ data }) => data.cart)).toEqual(['coat', 'hat']);
    expect(env.types()).not.toContain('renewed');
  });

  it('keeps a finish with keepUser, and the same token gets the successor', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const { session, visit } = await browser.load(env.sessions);
    const held = gate();
    env.store.before = ({ operation, key }) =>
      operation === 'write' && key === browser.id ? held.wait() : undefined;
    const finishing = session.finish('receipt', { keepUser: true });
    await held.reached;
    visit.seal();
    held.open();
    expect(await finishing).toBe(true);
    expect(await browser.use(env.sessions, ({ userId, ended }) => ({ userId, ended }))).toEqual({
      userId: 'alice',
      ended: { reason: 'finished', receipt: 'receipt' },
    });
  });
});

/** A visit that is loaded lazily after its response began. */
function sealed(browser: Browser, { sessions }: SetUp) {
  const opened = browser.open(sessions);
  opened.visit.seal();
  return opened;
}

/** Signs in, and seals the response when the sign-in's store call of that number arrives. */
async function signInSealedAt(
  env: SetUp,
  browser: Browser,
  userId: string,
  at: number,
): Promise<{ outcome: string; sealedAt: StoreCall | undefined }> {
  const { session, visit } = await browser.load(env.sessions);
  let left = at;
  let sealedAt: StoreCall | undefined;
  env.store.before = (call) => {
    if (left === 0) {
      sealedAt = call;
      visit.seal();
    }
    left -= 1;
    return undefined;
  };
  const outcome = await session.signIn(userId).then(
    () => 'done',
    (error: { code: string }) => error.code,
  );
  env.store.before = () => undefined;
  return { outcome, sealedAt };
}

function withoutWrites(body: string | undefined): unknown {
  const [line = '', data] = (body ?? '').split('\n');
  const header: unknown[] = JSON.parse(line);
  // The log of writes and the last use go on.
  return [...header.slice(2, 5), ...header.slice(6), data];
}

async function indexOf({ store }: SetUp, userId: string): Promise<string> {
  return (await store.inner.read(userKey(userId)))?.body ?? '';
}

describe('a transport that throws', () => {
  it('fails no response: it carries no token, and an event says so', async () => {
    const transport: Transport = {
      ...cookie(),
      issue: () => {
        throw new Error('mine');
      },
    };
    const env = setUp({ transports: [transport] });
    const visit = env.sessions.open(request());
    await visit.session.update({});
    expect(visit.seal()).toEqual([]);
    expect(env.events.at(-1)).toMatchObject({ type: 'call-failed', call: 'seal' });
  });
});
