import { describe, expect, it } from 'vitest';
import { ipAddress } from '../../src/http/client-checks/index.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import type { Session } from '../../src/session/session-types.ts';
import { Browser } from '../support/browser.ts';
import { FROM_ELSEWHERE, HOME_IP } from '../support/request.ts';
import { failure, type SetUp, type SetUpOptions, type ShopData, setUp } from '../support/set-up.ts';
import { overwrite } from '../support/watched-store.ts';

const ELSEWHERE = '198.51.100.9';

interface Stage {
  readonly env: SetUp;
  readonly browser: Browser;
  readonly id: string;
  /** One whole request, at this stage’s time. */
  use<R>(act?: (session: Session<ShopData>) => R | Promise<R>): Promise<R | undefined>;
}

/** A signed-in visitor, with no event noted yet. */
async function stage(options?: SetUpOptions): Promise<Stage> {
  const env = setUp(options);
  const browser = new Browser();
  const id = await browser.use(env.sessions, async (session) => {
    await session.update({ cart: ['coat'] });
    await session.signIn('alice');
    return session.id ?? '';
  });
  env.events.length = 0;
  return {
    env,
    browser,
    id,
    use: async (act) => browser.use(env.sessions, async (session) => act?.(session)),
  };
}

/** What each event tells, beside the time: who, whose, from where. */
const WHO = { userId: 'alice', ip: HOME_IP };

describe('emits an event with what an audit log needs', () => {
  it.for<[string, (at: Stage) => Promise<unknown>, readonly object[]]>([
    [
      'granted',
      async ({ env }) => new Browser().use(env.sessions, (session) => session.update({ cart: [] })),
      [{ type: 'granted', userId: undefined, ip: HOME_IP }],
    ],
    [
      'signed-in',
      async ({ use }) => use((session) => session.signIn('alice', { remember: true })),
      [{ type: 'signed-in', remembered: true, ...WHO }],
    ],
    [
      'renewed by call',
      async ({ use }) => use((session) => session.renew()),
      [{ type: 'renewed', by: 'call', ...WHO }],
    ],
    [
      'renewed by the timer, sent again, confirmed',
      async ({ env, browser, use }) => {
        env.clock.advance('15m');
        await browser.copy().use(env.sessions, () => {});
        await use();
        await use();
      },
      [
        { type: 'renewed', by: 'timer', ...WHO },
        { type: 'reissued', ...WHO },
        { type: 'confirmed', ...WHO },
      ],
    ],
    [
      'touched',
      async ({ env, use }) => {
        env.clock.advance('2m');
        await use();
      },
      [{ type: 'touched', ...WHO }],
    ],
    ['finished', async ({ use }) => use((session) => session.finish()), [{ type: 'finished', ...WHO }]],
    ['destroyed', async ({ use }) => use((session) => session.destroy()), [{ type: 'destroyed', ...WHO }]],
    [
      'revoked',
      async ({ env, id }) => env.sessions.revoke('alice', id),
      [{ type: 'revoked', by: 'revoke', userId: 'alice' }],
    ],
    [
      'revoked with all other sessions of the user',
      async ({ env }) => env.sessions.revokeUser('alice'),
      [{ type: 'revoked', by: 'revoke-user', userId: 'alice' }],
    ],
    [
      'revoked by another user’s sign-in',
      async ({ use }) => use((session) => session.signIn('bob')),
      [
        { type: 'revoked', by: 'sign-in', userId: 'alice' },
        { type: 'signed-in', userId: 'bob', ip: HOME_IP },
      ],
    ],
    [
      'expired',
      async ({ env, use }) => {
        env.clock.advance('31m');
        await use();
      },
      [
        { type: 'expired', reason: 'idle', ...WHO },
        { type: 'refused', reason: 'idle', ip: HOME_IP },
      ],
    ],
    [
      'a conflict',
      async ({ env, browser, id }) => {
        const { session } = await browser.load(env.sessions);
        await overwrite(env.store, id);
        await session.update({ note: 'x' });
      },
      [{ type: 'conflict', userId: 'alice' }],
    ],
  ])('%s', async ([, act, expected]) => {
    const at = await stage();
    await act(at);
    expect(at.env.events).toMatchObject(expected);
    expect(at.env.events).toHaveLength(expected.length);
    for (const event of at.env.events) {
      expect(event.at).toBe(at.env.clock.now());
      if (event.type !== 'refused' && event.userId === 'alice') expect(event.sessionId).toBe(at.id);
    }
  });

  it('revoked by the limit', async () => {
    const at = await stage({ perUser: { max: 1 } });
    await new Browser().use(at.env.sessions, (session) => session.signIn('alice'));
    expect(at.env.events[0]).toMatchObject({
      type: 'revoked',
      by: 'limit',
      sessionId: at.id,
      userId: 'alice',
    });
  });

  it('client-changed', async () => {
    const at = await stage({ clientChecks: [ipAddress()] });
    await at.browser.copy({ ip: ELSEWHERE }).use(at.env.sessions, () => {});
    expect(at.env.events[0]).toMatchObject({
      type: 'client-changed',
      changes: ['ip-address'],
      refused: false,
      sessionId: at.id,
      userId: 'alice',
      ip: ELSEWHERE,
    });
  });

  it.for([
    ['read', (env: SetUp) => env.sessions.list('alice')],
    ['write', (env: SetUp) => new Browser().use(env.sessions, (session) => session.update({ cart: [] }))],
    ['sweep', (env: SetUp) => env.sessions.sweep()],
    ['clear', (env: SetUp) => env.sessions.revokeAll()],
  ] as const)('store-failed for a %s', async ([operation, call]) => {
    const { env } = await stage();
    env.store.before = (each) => (each.operation === operation ? 'reject' : undefined);
    await failure(call(env), 'ERR_STORE_UNAVAILABLE');
    const reason = 'the Redis server is a read-only replica (READONLY)';
    expect(env.events[0]).toEqual({ type: 'store-failed', operation, reason, at: env.clock.now() });
  });
});

describe('gives a rate limiter the reason and the address of a rejected token', () => {
  it.for<[reason: string, act: (at: Stage) => unknown, options?: SetUpOptions]>([
    ['idle', ({ env }) => env.clock.advance('31m')],
    ['absolute', ({ env }) => env.clock.advance('11m'), { absoluteTimeout: '10m' }],
    ['finished', ({ use }) => use((session) => session.finish())],
    [
      'retired',
      async ({ env, browser, use }) => {
        env.clock.advance('15m');
        const before = browser.copy();
        for (let i = 0; i < 3; i += 1) {
          await use();
          env.clock.advance('2m');
        }
        browser.cookie = before.cookie;
      },
    ],
    [
      'unknown',
      ({ browser }) => {
        browser.cookie = `__Host-session=${'A'.repeat(65)}`;
      },
    ],
    [
      'malformed',
      ({ browser }) => {
        browser.cookie = '__Host-session=junk';
      },
    ],
    [
      'ambiguous',
      async ({ env, browser }) => {
        const other = new Browser();
        await other.use(env.sessions, (session) => session.update({ cart: [] }));
        browser.cookie = `${browser.cookie}; ${other.cookie}`;
      },
    ],
    [
      'unreadable',
      async ({ env, id }) => {
        const record = await env.store.inner.read(id);
        const version = record?.version ?? 0;
        await env.store.inner.compareAndSet(id, version, { version: version + 1, expiresAt: 5e12, body: '' });
      },
    ],
    [
      'forged',
      ({ browser }) => {
        browser.cookie = `__Host-session=${'A'.repeat(65)}.${'A'.repeat(22)}`;
      },
      { secrets: ['a key that signs what the shop gives out'] },
    ],
  ])('%s', async ([reason, act, options]) => {
    const at = await stage(options);
    await act(at);
    at.env.events.length = 0;
    await at.use();
    expect(at.env.events.at(-1)).toMatchObject({
      type: 'refused',
      reason,
      ip: HOME_IP,
      at: at.env.clock.now(),
    });
    expect(at.env.types().filter((type) => type === 'refused')).toHaveLength(1);
  });

  it('cross-site, with the origin', async () => {
    const at = await stage();
    await at.browser.load(at.env.sessions, { method: 'POST', headers: FROM_ELSEWHERE });
    expect(at.env.events).toMatchObject([
      { type: 'refused', reason: 'cross-site', origin: 'https://evil.example', ip: HOME_IP },
    ]);
  });

  it('cross-site without an origin', async () => {
    const at = await stage();
    await at.browser.load(at.env.sessions, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
    expect(at.env.events[0]).not.toHaveProperty('origin');
  });

  it('client', async () => {
    const at = await stage({ clientChecks: [ipAddress()], onClientChange: 'refuse' });
    await at.browser.copy({ ip: ELSEWHERE }).use(at.env.sessions, () => {});
    expect(at.env.events.at(-1)).toMatchObject({ type: 'refused', reason: 'client', ip: ELSEWHERE });
  });

  it('emits nothing for a visitor without a token', async () => {
    const { sessions, events } = setUp();
    await new Browser().use(sessions, ({ data }) => data);
    expect(events).toEqual([]);
  });
});

describe('emits the reuse of a stolen token', () => {
  it('with the session, its user and the address of the thief', async () => {
    const at = await stage();
    at.env.clock.advance('15m');
    const stolen = at.browser.copy({ ip: ELSEWHERE });
    await at.use();
    await at.use();
    at.env.clock.advance('2m');
    at.env.events.length = 0;
    await stolen.use(at.env.sessions, () => {});
    expect(at.env.events[0]).toMatchObject({
      type: 'reused',
      ended: true,
      sessionId: at.id,
      userId: 'alice',
      ip: ELSEWHERE,
    });
  });
});

describe('a listener that fails never harms a request', () => {
  it.for<[string, (event: SessionEvent) => void]>([
    [
      'throws',
      () => {
        throw new Error('The audit log is full.');
      },
    ],
    ['rejects', () => Promise.reject(new Error('The audit log is down.'))],
    ['never settles', () => new Promise(() => {})],
  ])('%s', async ([, onEvent]) => {
    const env = setUp({ onEvent });
    const browser = new Browser();
    await browser.use(env.sessions, async (session) => {
      await session.update({ cart: ['coat'] });
      await session.signIn('alice');
      await session.renew();
    });
    env.clock.advance('15m');
    await browser.use(env.sessions, () => {});
    expect(await browser.use(env.sessions, ({ userId }) => userId)).toBe('alice');
    expect(await env.sessions.revokeUser('alice')).toBe(1);
    env.store.before = () => 'reject';
    await failure(browser.load(env.sessions), 'ERR_STORE_UNAVAILABLE');
  });
});

it('needs no listener', async () => {
  const env = setUp({ onEvent: undefined });
  await new Browser().use(env.sessions, (session) => session.update({ cart: [] }));
  expect(env.events).toEqual([]);
});
