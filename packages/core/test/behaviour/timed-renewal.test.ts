import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bearer, form, header, query } from '../../src/http/transports/plain.ts';
import { decodeSession } from '../../src/records/record.ts';
import type { SessionState } from '../../src/session/session-state.ts';
import { userKey } from '../../src/users/user-index.ts';
import { Browser, SAFARI, setCookies } from '../support/browser.ts';
import { request } from '../support/request.ts';
import { failure, type SetUp, type ShopData, setUp } from '../support/set-up.ts';
import { gate, overwrite } from '../support/watched-store.ts';

const ELSEWHERE = '198.51.100.9';
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

/** A whole request that does nothing but load. */
const visit = (env: SetUp, browser: Browser) =>
  browser.use(env.sessions, ({ id, ended }) => ended?.reason ?? id);

async function stateOf({ store }: SetUp, id: string): Promise<SessionState> {
  const record = await store.inner.read(id);
  const state = record && decodeSession(record);
  if (state === undefined) throw new Error('There is no session.');
  return state;
}

/** A browser whose token was renewed and confirmed, with copies of the tokens before, the oldest first. */
async function renewedTimes(env: SetUp, browser: Browser, times: number): Promise<Browser[]> {
  const before: Browser[] = [];
  for (let i = 0; i < times; i += 1) {
    env.clock.advance('15m');
    before.push(browser.copy());
    await visit(env, browser);
    await visit(env, browser);
  }
  env.events.length = 0;
  env.store.forget();
  return before;
}

/** Uses a confirmed token for longer than a browser keeps a cookie from its disk: no crash can bring the one before back. */
async function settle(env: SetUp, browser: Browser): Promise<void> {
  env.clock.advance('2m');
  await visit(env, browser);
  env.events.length = 0;
  env.store.forget();
}

describe('1. a token that is due', () => {
  it('is renewed: the response carries the same ID and a new secret', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const before = browser.token;
    env.clock.advance('15m');
    expect(await visit(env, browser)).toBe(browser.id);
    expect(browser.token).not.toBe(before);
    expect(browser.token.slice(0, 22)).toBe(browser.id);
    expect(env.types()).toEqual(['renewed']);
    expect(env.events[0]).toMatchObject({ by: 'timer', sessionId: browser.id });
  });

  it('is not renewed earlier', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const before = browser.token;
    env.clock.advance(15 * 60_000 - 1);
    await visit(env, browser);
    expect(browser.token).toBe(before);
  });

  it('is renewed in one write, which is also the touch', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('15m');
    await visit(env, browser);
    expect(env.store.writes).toBe(1);
    expect((await stateOf(env, browser.id)).lastUsedAt).toBe(env.clock.now());
  });

  it('gets HMAC-SHA-256 of a nonce under its secret; the store holds the nonce and the SHA-256 only', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const a = browser.token.slice(22);
    env.clock.advance('15m');
    await visit(env, browser);
    const b = browser.token.slice(22);
    const { next, secret, generation } = await stateOf(env, browser.id);
    expect(
      createHmac('sha256', a)
        .update(next?.nonce ?? '')
        .digest('base64url'),
    ).toBe(b);
    expect(next?.hash).toBe(createHash('sha256').update(b).digest('base64url'));
    expect(secret.hash).toBe(createHash('sha256').update(a).digest('base64url'));
    expect(generation).toBe(0);
    expect(env.store.everything).not.toContain(a);
    expect(env.store.everything).not.toContain(b);
  });

  it('is renewed once by concurrent requests: the losers use the winner’s nonce', async () => {
    const env = setUp();
    const other = setUp({}, env);
    const browser = await shopper(env);
    env.clock.advance('15m');
    const copies = Array.from({ length: 6 }, () => browser.copy());
    await Promise.all(copies.map((copy, i) => visit(i % 2 === 0 ? env : other, copy)));
    expect(new Set(copies.map(({ token }) => token)).size).toBe(1);
    expect(copies[0]?.token).not.toBe(browser.token);
    const types = [...env.types(), ...other.types()];
    expect(types.filter((type) => type === 'renewed')).toHaveLength(1);
    expect(types.filter((type) => type === 'reissued')).toHaveLength(5);
  });

  it('is renewed even if another request writes in between', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const before = browser.token;
    env.clock.advance('15m');
    let left = 1;
    env.store.before = async ({ operation, key }) => {
      if (operation === 'write' && left > 0) {
        left -= 1;
        await overwrite(env.store, key);
      }
      return undefined;
    };
    await visit(env, browser);
    expect(browser.token).not.toBe(before);
    expect(env.types()).toEqual(['renewed']);
  });
});

describe('2. until the renewed token is confirmed', () => {
  it('serves the previous token and sends the same renewed one again', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('15m');
    const lost = browser.copy();
    await visit(env, lost);
    env.clock.advance('30s');
    env.store.forget();
    expect(await visit(env, browser)).toBe(browser.id);
    expect(browser.token).toBe(lost.token);
    expect(env.types()).toEqual(['renewed', 'reissued']);
    expect(env.store.writes).toBe(0);
  });

  it('serves the previous token for as long as it takes, so a lost response loses no session', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const first = browser.token;
    env.clock.advance('15m');
    for (let i = 0; i < 10; i += 1) {
      // Never sealed, as a response that does not arrive.
      const { session } = await browser.load(env.sessions);
      await session.update(add(`sku ${i}`));
      env.clock.advance('20m');
    }
    expect(browser.token).toBe(first);
    await visit(env, browser);
    expect(browser.token).not.toBe(first);
    expect(await visit(env, browser)).toBe(browser.id);
  });

  it('saves updates with either token', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('15m');
    const early = await browser.load(env.sessions);
    const before = browser.copy();
    await visit(env, browser);
    await before.use(env.sessions, (session) => session.update(add('hat')));
    await browser.use(env.sessions, (session) => session.update(add('scarf')));
    await early.session.update(add('gloves'));
    expect(await browser.use(env.sessions, ({ data }) => data.cart)).toEqual([
      'coat',
      'hat',
      'scarf',
      'gloves',
    ]);
  });
});

describe('3. the first request that presents the renewed token', () => {
  it('confirms it: it becomes current, the nonce is deleted, the previous token is retired', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const a = browser.token.slice(22);
    env.clock.advance('15m');
    await visit(env, browser);
    env.clock.advance('10s');
    await visit(env, browser);
    const { secret, next, retired, generation } = await stateOf(env, browser.id);
    const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
    expect(secret).toEqual({ hash: hash(browser.token.slice(22)), since: env.clock.now() });
    expect(next).toBeUndefined();
    expect(retired).toEqual([
      {
        hash: hash(a),
        at: env.clock.now(),
        client: { network: '203.0.113.0/24', browser: 'Firefox', platform: 'Linux' },
      },
    ]);
    expect(generation).toBe(0);
    expect(env.types()).toEqual(['renewed', 'confirmed']);
  });

  it('gets a response without a token, since the client has it', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('15m');
    await visit(env, browser);
    expect(setCookies((await browser.load(env.sessions)).respond())).toEqual([]);
  });

  it('confirms it once among concurrent requests', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('15m');
    await visit(env, browser);
    await Promise.all(Array.from({ length: 5 }, () => browser.load(env.sessions)));
    expect(env.types()).toEqual(['renewed', 'confirmed']);
  });

  it('starts the interval to the next renewal', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('15m');
    await visit(env, browser);
    env.clock.advance('10m');
    await visit(env, browser);
    const confirmed = browser.token;
    env.clock.advance(15 * 60_000 - 1);
    await visit(env, browser);
    expect(browser.token).toBe(confirmed);
    env.clock.advance(1);
    await visit(env, browser);
    expect(browser.token).not.toBe(confirmed);
  });

  it('does not confirm it with the previous token', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('15m');
    const first = browser.copy();
    await visit(env, browser.copy());
    await first.use(env.sessions, (session) => session.update(add('hat')));
    expect((await stateOf(env, browser.id)).next).toBeDefined();
    expect(env.types()).not.toContain('confirmed');
  });
});

describe('4. a retired token', () => {
  it('is served for the grace, without a new token, and may write', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const [before] = await renewedTimes(env, browser, 1);
    if (before === undefined) throw new Error('There is no token before.');
    env.clock.advance('1m');
    const { session, respond } = await before.load(env.sessions);
    expect(session.id).toBe(browser.id);
    await session.update(add('hat'));
    expect(setCookies(respond())).toEqual([]);
    expect(await browser.use(env.sessions, ({ data }) => data.cart)).toEqual(['coat', 'hat']);
  });

  it('opens nothing after the grace and emits an event; the owner’s session stays alive', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const [before] = await renewedTimes(env, browser, 1);
    if (before === undefined) throw new Error('There is no token before.');
    await settle(env, browser);
    const { session, respond } = await before.load(env.sessions);
    expect(session.ended).toEqual({ reason: 'retired' });
    expect(session.id).toBeUndefined();
    expect(setCookies(respond())).toEqual([]);
    expect(env.events).toMatchObject([
      { type: 'reused', ended: false, sessionId: browser.id, userId: 'alice', ip: before.ip },
      { type: 'refused', reason: 'retired', ip: before.ip },
    ]);
    expect(await visit(env, browser)).toBe(browser.id);
  });

  it.for([
    ['network', { ip: ELSEWHERE }],
    ['browser family', { userAgent: SAFARI }],
  ] as const)(
    'ends the session for both if a client of another %s presents it after the grace',
    async ([, as]) => {
      const env = setUp();
      const browser = await shopper(env, 'alice');
      for (const stolen of await renewedTimes(env, browser, 3)) {
        const thief = stolen.copy(as);
        env.clock.advance('2m');
        expect(await visit(env, thief)).toBe('retired');
        expect(env.events[0]).toMatchObject({
          type: 'reused',
          ended: true,
          sessionId: browser.id,
          userId: 'alice',
        });
        expect(await visit(env, browser)).toBe('unknown');
        expect(await env.sessions.list('alice')).toEqual([]);
        break;
      }
    },
  );

  it.for([0, 1, 2])(
    'of the last three (%i) each is known: none of them opens, and a thief with it is caught',
    async (which) => {
      const env = setUp();
      const browser = await shopper(env);
      const before = await renewedTimes(env, browser, 3);
      await settle(env, browser);
      expect(before[which] && (await visit(env, before[which].copy()))).toBe('retired');
      expect(before[which] && (await visit(env, before[which].copy({ ip: ELSEWHERE })))).toBe('retired');
      expect(await visit(env, browser)).toBe('unknown');
    },
  );

  it('is unknown if it is older than the last three', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const [first] = await renewedTimes(env, browser, 4);
    expect(first && (await visit(env, first.copy({ ip: ELSEWHERE })))).toBe('unknown');
    expect(await visit(env, browser)).toBe(browser.id);
  });

  it('from another address of the same network, or a newer browser version, does not count as theft', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const [before] = await renewedTimes(env, browser, 1);
    await settle(env, browser);
    const userAgent = browser.userAgent.replaceAll('145', '146');
    expect(before && (await visit(env, before.copy({ ip: '203.0.113.200', userAgent })))).toBe('retired');
    expect(await visit(env, browser)).toBe(browser.id);
  });

  it('treats what is unknown of a client as equal', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const [before] = await renewedTimes(env, browser, 1);
    env.clock.advance('2m');
    const headers = { cookie: before?.cookie ?? '' };
    const blind = env.sessions.open(request({ ip: undefined, headers }));
    await blind.session.load();
    expect(blind.session.ended).toEqual({ reason: 'retired' });
    expect(await visit(env, browser)).toBe(browser.id);
  });

  it('ends the session even if its owner writes at the same moment', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const [stolen] = await renewedTimes(env, browser, 1);
    env.clock.advance('2m');
    let left = 2;
    env.store.before = async ({ operation, key }) => {
      if (operation === 'delete' && left > 0) {
        left -= 1;
        await overwrite(env.store, key);
      }
      return undefined;
    };
    expect(stolen && (await visit(env, stolen.copy({ ip: ELSEWHERE })))).toBe('retired');
    expect(env.types().filter((type) => type === 'reused')).toHaveLength(1);
    expect(await visit(env, browser)).toBe('unknown');
  });

  it('is compared with the client that confirmed, not with an earlier one', async () => {
    const env = setUp();
    const home = await shopper(env);
    env.clock.advance('15m');
    const before = home.copy();
    await visit(env, home);
    // The owner moves to another network before the renewed token is presented.
    const moved = home.copy({ ip: ELSEWHERE });
    await visit(env, moved);
    await settle(env, moved);
    expect(await visit(env, before.copy({ ip: ELSEWHERE }))).toBe('retired');
    expect(await visit(env, moved)).toBe(home.id);
    expect(await visit(env, before)).toBe('retired');
    expect(await visit(env, moved)).toBe('unknown');
  });

  it('is served to a slow request that arrived within the grace', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const [before] = await renewedTimes(env, browser, 1);
    if (before === undefined) throw new Error('There is no token before.');
    env.clock.advance('59s');
    const { session } = before.open(env.sessions);
    env.clock.advance('10s');
    await session.load();
    expect(session.id).toBe(browser.id);
  });
});

describe('a stream', () => {
  it('that runs across renewals keeps saving', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const stream = await browser.load(env.sessions);
    stream.respond();
    await renewedTimes(env, browser, 4);
    await stream.session.update(add('streamed'));
    expect(await browser.use(env.sessions, ({ data }) => data.cart)).toEqual(['coat', 'streamed']);
  });
});

describe('a response that is sealed late', () => {
  it('leaves the renewed token out more than 10 seconds after the load', async () => {
    for (const [seconds, cookies] of [
      [10, 1],
      [10.001, 0],
    ] as const) {
      const env = setUp();
      const browser = await shopper(env);
      env.clock.advance('15m');
      const { respond } = await browser.load(env.sessions);
      env.clock.advance(seconds * 1000);
      expect(setCookies(respond())).toHaveLength(cookies);
    }
  });

  it('carries the token of a sign-in however late it is, since no other response will', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session, respond } = await browser.load(env.sessions);
    await session.signIn('alice');
    env.clock.advance('20m');
    expect(setCookies(respond())).toHaveLength(1);
  });

  it.for(['signIn', 'renew', 'destroy', 'finish'] as const)(
    'leaves it out where this process has seen a later generation: by %s',
    async (call) => {
      const env = setUp();
      const browser = await shopper(env);
      env.clock.advance('15m');
      const poll = await browser.load(env.sessions);
      const { session, respond } = await browser.load(env.sessions);
      if (call === 'signIn') await session.signIn('alice');
      else await session[call]();
      respond();
      expect(setCookies(poll.visit.seal())).toEqual([]);
    },
  );

  it.for(['revoke', 'revokeUser', 'signIn as another'] as const)(
    'leaves it out where the session was ended from outside: by %s',
    async (call) => {
      const env = setUp();
      const browser = await shopper(env, 'alice');
      env.clock.advance('15m');
      const poll = await browser.load(env.sessions);
      if (call === 'revoke') await env.sessions.revoke('alice', browser.id);
      else if (call === 'revokeUser') await env.sessions.revokeUser('alice');
      else await browser.use(env.sessions, (session) => session.signIn('bob'));
      expect(setCookies(poll.visit.seal())).toEqual([]);
    },
  );

  it('leaves it out if reuse of a stolen token was detected meanwhile', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const [stolen] = await renewedTimes(env, browser, 1);
    env.clock.advance('15m');
    const poll = await browser.load(env.sessions);
    expect(stolen && (await visit(env, stolen.copy({ ip: ELSEWHERE })))).toBe('retired');
    expect(setCookies(poll.visit.seal())).toEqual([]);
  });
});

describe('timed renewal is for cookies only', () => {
  it.for([
    ['bearer', bearer(), (token: string) => ({ headers: { authorization: `Bearer ${token}` } })],
    ['header', header('x-session'), (token: string) => ({ headers: { 'x-session': token } })],
    ['query', query('s'), (token: string) => ({ query: { s: token } })],
    ['form', form('s'), (token: string) => ({ form: { s: token } })],
  ] as const)('never renews for %s', async ([, transport, parts]) => {
    const env = setUp({ transports: [transport] });
    const first = env.sessions.open(request());
    await first.session.load();
    await first.session.update(add('coat'));
    const token = first.session.revealToken() ?? '';
    for (let minutes = 0; minutes < 120; minutes += 20) {
      env.clock.advance('20m');
      const later = env.sessions.open(request(parts(token)));
      await later.session.load();
      expect(later.session.revealToken()).toBe(token);
      expect(setCookies(later.seal())).toEqual([]);
    }
    expect(env.types()).not.toContain('renewed');
  });

  it('never renews with renewAfter: false', async () => {
    const env = setUp({ renewAfter: false });
    const browser = await shopper(env);
    const before = browser.token;
    for (let minutes = 0; minutes < 600; minutes += 20) {
      env.clock.advance('20m');
      await visit(env, browser);
    }
    expect(browser.token).toBe(before);
  });
});

describe('the confirmation of a signed-in session', () => {
  it('lists an ID that a failover of the store lost', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.clock.advance('15m');
    await visit(env, browser);
    const key = userKey('alice');
    const lost = await env.store.inner.read(key);
    await env.store.inner.compareAndSet(key, lost?.version ?? null, null);
    expect(await env.sessions.list('alice')).toEqual([]);
    await visit(env, browser);
    expect((await env.sessions.list('alice')).map(({ id }) => id)).toEqual([browser.id]);
  });

  it('ends a session of an older epoch that a revocation did not reach', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.clock.advance('15m');
    await visit(env, browser);
    // A revocation that crashes after it has raised the epoch.
    env.store.before = ({ operation, key }) =>
      operation !== 'read' && key === browser.id ? 'reject' : undefined;
    await failure(env.sessions.revokeUser('alice'), 'ERR_STORE_UNAVAILABLE');
    env.store.before = () => undefined;
    expect(await visit(env, browser)).toBe('revoked');
    expect((await stateOf(env, browser.id)).finish?.isRevoked).toBe(true);
  });

  it('otherwise leaves the list alone', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const before = await env.store.inner.read(userKey('alice'));
    await renewedTimes(env, browser, 3);
    expect(await env.store.inner.read(userKey('alice'))).toEqual(before);
  });
});

it('a load in progress when the response is sealed sends no renewed token', async () => {
  const env = setUp();
  const browser = await shopper(env);
  env.clock.advance('15m');
  const held = gate();
  env.store.before = ({ operation }) => (operation === 'write' ? held.wait() : undefined);
  const { session, visit: opened } = browser.open(env.sessions);
  const loading = session.load();
  await held.reached;
  expect(opened.seal()).toEqual([]);
  held.open();
  await loading;
  expect(session.id).toBe(browser.id);
  expect(await visit(env, browser)).toBe(browser.id);
});

it('a request that is held open does not keep a retired token valid for more than twice the grace', async () => {
  for (const [waits, outcome] of [
    ['2m', 'served'],
    ['131s', 'retired'],
  ] as const) {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('15m');
    const { session } = browser.copy({ ip: ELSEWHERE }).open(env.sessions);
    await visit(env, browser);
    await visit(env, browser);
    env.clock.advance(waits);
    await session.load();
    expect(session.ended?.reason ?? 'served').toBe(outcome);
  }
});

it.each([
  ['the same network', {}],
  ['another network, as after a change to mobile data', { ip: ELSEWHERE }],
])(
  'a request that was held open until its token was replaced begins no session over the one that goes on, from %s',
  async (_, from) => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('15m');
    const upload = browser.copy(from).open(env.sessions);
    for (let i = 0; i < 6; i += 1) {
      await visit(env, browser);
      await visit(env, browser);
      env.clock.advance('1m');
    }
    await upload.session.load();
    expect(upload.session.ended?.reason).toBe('retired');
    await failure(upload.session.update(add('hat')), 'ERR_SESSION_ENDED');
    expect(setCookies(upload.respond())).toEqual([]);
    expect(env.types()).not.toContain('reused');
    expect(await visit(env, browser)).toBe(browser.id);
  },
);

it.each([
  ['before the finish', '0s'],
  ['after it, within the grace', '14s'],
])(
  'a request that was held open until its session was finished begins no session over the successor, opened %s',
  async (_, later) => {
    const env = setUp();
    const browser = await shopper(env, 'ann');
    const finishing = browser.copy();
    // From the same network it would be handed the successor, as after a crash.
    const upload = browser.copy({ ip: ELSEWHERE });
    let opened = later === '0s' ? upload.open(env.sessions) : undefined;
    await finishing.use(env.sessions, (session) => session.finish('order 7', { keepUser: true }));
    if (later !== '0s') env.clock.advance(later);
    opened ??= upload.open(env.sessions);
    const successor = await visit(env, finishing);
    env.clock.advance('131s');
    await opened.session.load();
    expect(opened.session.ended?.reason).toBe('finished');
    await failure(opened.session.update(add('hat')), 'ERR_SESSION_ENDED');
    expect(setCookies(opened.respond())).toEqual([]);
    expect(await visit(env, finishing)).toBe(successor);
    // A request that arrives later begins a session, as with any dead token.
    const { session } = await browser.copy({ ip: ELSEWHERE }).load(env.sessions);
    await session.update(add('hat'));
    expect(session.id).not.toBe(successor);
  },
);

it('a request that arrives with a token that was replaced before begins a session, as with any dead token', async () => {
  const env = setUp();
  const browser = await shopper(env);
  const old = browser.copy();
  env.clock.advance('15m');
  await visit(env, browser);
  await visit(env, browser);
  env.clock.advance('10m');
  await visit(env, browser);
  const { session } = await old.load(env.sessions);
  await session.update(add('hat'));
  expect(session.id).not.toBe(browser.id);
  expect(env.types()).toContain('reused');
});
