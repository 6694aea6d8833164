import { describe, expect, it } from 'vitest';
import { Browser, FIREFOX, SAFARI, setCookies } from '../../test/support/browser.ts';
import { request } from '../../test/support/request.ts';
import { failure, type SetUp, setUp } from '../../test/support/set-up.ts';
import { overwrite } from '../../test/support/watched-store.ts';
import type { ClientChange, ClientCheck, OnClientChange } from '../http/client-checks/client-check.ts';
import { ipAddress, userAgent } from '../http/client-checks/index.ts';
import { withSeen } from './client-changes.ts';

const ELSEWHERE = '198.51.100.9';

function setUpWith(
  onClientChange: OnClientChange,
  clientChecks: readonly ClientCheck[] = [ipAddress(), userAgent()],
) {
  return setUp({ clientChecks, onClientChange });
}

async function shopper({ sessions, store, events }: SetUp): Promise<Browser & { id: string }> {
  const browser = new Browser();
  const id = await browser.use(sessions, async (session) => {
    await session.update({ cart: ['coat'] });
    await session.signIn('alice');
    return session.id ?? '';
  });
  store.forget();
  events.length = 0;
  return Object.assign(browser, { id });
}

const changesFor = (env: SetUp, browser: Browser) =>
  browser.use(env.sessions, ({ clientChanges }) => clientChanges);

describe("onClientChange: 'refuse', for a client that hides a trait", () => {
  it.each([
    ['leaves the user agent out', { userAgent: '' }],
    ['sends an address that cannot be parsed', { ip: 'unknown' }],
  ] as const)('refuses one that %s', async (_, as) => {
    const env = setUpWith('refuse');
    const browser = await shopper(env);
    const { session } = await browser.copy(as).load(env.sessions);
    expect(session.ended).toEqual({ reason: 'client' });
    expect(await browser.use(env.sessions, ({ userId }) => userId)).toBe('alice');
  });
});

describe("onClientChange: 'report'", () => {
  it('serves the request, names the checks that differ, and emits an event', async () => {
    const env = setUpWith('report');
    const browser = await shopper(env);
    const { session } = await browser.copy({ ip: ELSEWHERE, userAgent: SAFARI }).load(env.sessions);
    expect(session.userId).toBe('alice');
    expect(session.clientChanges).toEqual(['ip-address', 'user-agent']);
    expect(env.events[0]).toMatchObject({
      type: 'client-changed',
      changes: ['ip-address', 'user-agent'],
      refused: false,
      sessionId: browser.id,
      userId: 'alice',
      ip: ELSEWHERE,
    });
  });

  it('reports a change once and remembers it, since a client may have several networks', async () => {
    const env = setUpWith('report');
    const browser = await shopper(env);
    const moved = browser.copy({ ip: ELSEWHERE });
    expect(await changesFor(env, moved)).toEqual(['ip-address']);
    expect(await changesFor(env, moved)).toEqual([]);
    expect(await changesFor(env, browser)).toEqual([]);
    expect(env.types().filter((type) => type === 'client-changed')).toHaveLength(1);
  });

  it('reports a change once even if another request writes in between', async () => {
    let asked = 0;
    const env = setUpWith(() => {
      asked += 1;
      return 'report';
    });
    const browser = await shopper(env);
    let left = 3;
    env.store.before = async ({ operation, key }) => {
      if (operation === 'write' && left > 0) {
        left -= 1;
        await overwrite(env.store, key);
      }
      return undefined;
    };
    expect(await changesFor(env, browser.copy({ ip: ELSEWHERE }))).toEqual(['ip-address']);
    expect(left).toBe(0);
    expect(env.types()).toEqual(['client-changed', 'touched']);
    expect(asked).toBe(1);
  });

  it('reports and writes nothing if nothing differs', async () => {
    const env = setUpWith('report');
    const browser = await shopper(env);
    const nextDoor = browser.copy({
      ip: '203.0.113.99',
      userAgent: browser.userAgent.replaceAll('145', '146'),
    });
    expect(await changesFor(env, nextDoor)).toEqual([]);
    expect(env.store.writes).toBe(0);
    expect(env.events).toEqual([]);
  });

  it('treats an address that the adapter does not know as equal', async () => {
    const env = setUpWith('report');
    const browser = await shopper(env);
    const headers = { cookie: browser.cookie ?? '', 'user-agent': FIREFOX };
    const visit = env.sessions.open(request({ ip: undefined, headers }));
    await visit.session.load();
    expect(visit.session.userId).toBe('alice');
    expect(visit.session.clientChanges).toEqual([]);
  });

  it('remembers the first value of a check without reporting a change', async () => {
    const env = setUpWith('report');
    const first = env.sessions.open(
      request({ ip: undefined, method: 'POST', headers: { 'user-agent': FIREFOX } }),
    );
    await first.session.update({ cart: [] });
    const browser = new Browser();
    browser.receive(first.seal());
    env.clock.advance('2m');
    expect(await changesFor(env, browser)).toEqual([]);
    expect(await changesFor(env, browser.copy({ ip: ELSEWHERE }))).toEqual(['ip-address']);
  });

  it('reports in a passive visit and remembers nothing', async () => {
    const env = setUpWith('report');
    const browser = await shopper(env);
    const moved = browser.copy({ ip: ELSEWHERE });
    for (let i = 0; i < 2; i += 1) {
      const { session } = await moved.load(env.sessions, {}, { passive: true });
      expect(session.clientChanges).toEqual(['ip-address']);
    }
    expect(env.store.writes).toBe(0);
  });

  it('remembers the client of a sign-in, even in a passive visit', async () => {
    const env = setUpWith('report');
    const moved = (await shopper(env)).copy({ ip: ELSEWHERE });
    const { session, respond } = await moved.load(env.sessions, {}, { passive: true });
    await session.signIn('alice');
    respond();
    env.events.length = 0;
    expect(await changesFor(env, moved)).toEqual([]);
    expect(env.events).toEqual([]);
  });

  it('remembers the last four values of each check', async () => {
    const env = setUpWith('report');
    const browser = await shopper(env);
    const away = [1, 2, 3, 4].map((i) => browser.copy({ ip: `198.51.${i}.1` }));
    for (const each of away) expect(await changesFor(env, each)).toEqual(['ip-address']);
    for (const each of away) expect(await changesFor(env, each)).toEqual([]);
    expect(await changesFor(env, browser)).toEqual(['ip-address']);
  });

  it('stores the network and the browser family, never the full address or version', async () => {
    const env = setUpWith('report');
    await shopper(env);
    expect(env.store.everything).toContain('203.0.113.0/24');
    expect(env.store.everything).not.toContain('203.0.113.7');
    expect(env.store.everything).not.toContain('145');
  });
});

describe("onClientChange: 'refuse'", () => {
  it('rejects the other client and keeps the session for its owner', async () => {
    const env = setUpWith('refuse');
    const browser = await shopper(env);
    const { session, respond } = await browser.copy({ ip: ELSEWHERE }).load(env.sessions);
    expect(session.id).toBeUndefined();
    expect(session.ended).toEqual({ reason: 'client' });
    expect(session.clientChanges).toEqual(['ip-address']);
    expect(setCookies(respond())).toEqual([]);
    expect(env.store.writes).toBe(0);
    expect(env.events).toMatchObject([
      {
        type: 'client-changed',
        changes: ['ip-address'],
        refused: true,
        sessionId: browser.id,
        ip: ELSEWHERE,
      },
      { type: 'refused', reason: 'client', ip: ELSEWHERE },
    ]);
    expect(await browser.use(env.sessions, ({ userId }) => userId)).toBe('alice');
  });

  it('rejects the same client again, since a rejected value is not remembered', async () => {
    const env = setUpWith('refuse');
    const browser = await shopper(env);
    const moved = browser.copy({ ip: ELSEWHERE });
    for (let i = 0; i < 2; i += 1) {
      env.clock.advance('2m');
      expect(await moved.use(env.sessions, ({ ended }) => ended?.reason)).toBe('client');
    }
  });

  it('accepts the other client after a sign-in from it', async () => {
    const env = setUpWith('refuse');
    const browser = await shopper(env);
    const moved = browser.copy({ ip: ELSEWHERE });
    await moved.use(env.sessions, (session) => session.signIn('alice'));
    expect(await moved.use(env.sessions, ({ userId }) => userId)).toBe('alice');
  });
});

describe('onClientChange: a function', () => {
  it('receives the session, the user and each change', async () => {
    const seen: ClientChange[] = [];
    const env = setUpWith((change) => {
      seen.push(change);
      return 'report';
    });
    const browser = await shopper(env);
    await changesFor(env, browser.copy({ ip: ELSEWHERE }));
    expect(seen).toEqual([
      {
        sessionId: browser.id,
        userId: 'alice',
        changes: [{ name: 'ip-address', remembered: ['203.0.113.0/24'], seen: '198.51.100.0/24' }],
      },
    ]);
  });

  it.for([
    ['accept', 'alice', [], []],
    ['report', 'alice', ['ip-address'], ['client-changed', 'touched']],
    ['refuse', undefined, ['ip-address'], ['client-changed', 'refused']],
  ] as const)(
    'decides whether the session opens by returning %s',
    async ([decision, userId, changes, types]) => {
      const env = setUpWith(() => decision);
      const browser = await shopper(env);
      const moved = browser.copy({ ip: ELSEWHERE });
      expect(await moved.use(env.sessions, (session) => [session.userId, session.clientChanges])).toEqual([
        userId,
        changes,
      ]);
      expect(env.types().filter((type) => decision !== 'accept' || type !== 'touched')).toEqual(types);
    },
  );

  it('remembers a change without an event if it returns accept', async () => {
    let asked = 0;
    const env = setUpWith(() => {
      asked += 1;
      return 'accept';
    });
    const moved = (await shopper(env)).copy({ ip: ELSEWHERE });
    await changesFor(env, moved);
    await changesFor(env, moved);
    expect(asked).toBe(1);
    expect(env.types()).not.toContain('client-changed');
  });
});

it.for([undefined, 'deny', Promise.resolve('refuse')])(
  'rejects the request and serves no session if the function returns %s',
  async (decision) => {
    const env = setUpWith(() => decision as 'refuse');
    const browser = await shopper(env);
    const { message } = await failure(browser.copy({ ip: ELSEWHERE }).load(env.sessions), 'ERR_CONFIG');
    expect(message).toContain("what onClientChange returns must be 'report', 'accept' or 'refuse'");
    expect(await browser.use(env.sessions, ({ userId }) => userId)).toBe('alice');
  },
);

it('compares a custom check like any other', async () => {
  const language: ClientCheck = { name: 'language', observe: (view) => view.header('accept-language') };
  const env = setUpWith('report', [language]);
  const browser = new Browser();
  const say = (text: string) => ({ headers: { 'accept-language': text } });
  await browser.use(env.sessions, (session) => session.update({ cart: [] }), say('de'));
  expect(await browser.use(env.sessions, ({ clientChanges }) => clientChanges, say('de'))).toEqual([]);
  expect(await browser.use(env.sessions, ({ clientChanges }) => clientChanges, say('fr'))).toEqual([
    'language',
  ]);
});

describe('withSeen', () => {
  it('puts a new value first and leaves a known one in its place', () => {
    expect(withSeen({ ip: ['a', 'b'] }, { ip: ['c'] })).toEqual({ ip: ['c', 'a', 'b'] });
    expect(withSeen({ ip: ['a', 'b'] }, { ip: ['b'] })).toEqual({ ip: ['a', 'b'] });
    expect(withSeen({ ip: ['a', 'b', 'c', 'd'] }, { ip: ['e'] })).toEqual({ ip: ['e', 'a', 'b', 'c'] });
    expect(withSeen({}, { ip: ['a'], ua: ['x'] })).toEqual({ ip: ['a'], ua: ['x'] });
    expect(withSeen({ ip: ['a'] }, {})).toEqual({ ip: ['a'] });
  });
});
