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
const visit = (of: SetUp, browser: Browser) =>
  browser.use(of.sessions, ({ id, ended }) => ended?.reason ?? id);

async function stateOf({ store }: SetUp, id: string): Promise<SessionState> {
  const record = await store.inner.read(id);
  const state = record && decodeSession(record);
  if (state === undefined) throw new Error('There is no session.');
  return state;
}

/** A browser whose token was renewed and confirmed, with copies of the tokens before, the oldest first. */
async function renewedTimes(of: SetUp, browser: Browser, times: number): Promise<Browser[]> {
  const before: Browser[] = [];
  for (let i = 0; i < times; i += 1) {
    of.clock.advance('15m');
    before.push(browser.copy());
    await visit(of, browser);
    await visit(of, browser);
  }
  of.events.length = 0;
  of.store.forget();
  return before;
}

describe('1. a token that is due', () => {
  it('is renewed: the answer carries the ID and a new secret', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const before = browser.token;
    of.clock.advance('15m');
    expect(await visit(of, browser)).toBe(browser.id);
    expect(browser.token).not.toBe(before);
    expect(browser.token.slice(0, 22)).toBe(browser.id);
    expect(of.types()).toEqual(['renewed']);
    expect(of.events[0]).toMatchObject({ by: 'timer', sessionId: browser.id });
  });

  it('is not renewed before', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const before = browser.token;
    of.clock.advance(15 * 60_000 - 1);
    await visit(of, browser);
    expect(browser.token).toBe(before);
  });

  it('is renewed in one write, which is the touch as well', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('15m');
    await visit(of, browser);
    expect(of.store.writes).toBe(1);
    expect((await stateOf(of, browser.id)).lastUsedAt).toBe(of.clock.now());
  });

  it('gets HMAC-SHA-256 of a nonce under its secret; the store holds the nonce and the SHA-256 only', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const a = browser.token.slice(22);
    of.clock.advance('15m');
    await visit(of, browser);
    const b = browser.token.slice(22);
    const { next, secret, generation } = await stateOf(of, browser.id);
    expect(
      createHmac('sha256', a)
        .update(next?.nonce ?? '')
        .digest('base64url'),
    ).toBe(b);
    expect(next?.hash).toBe(createHash('sha256').update(b).digest('base64url'));
    expect(secret.hash).toBe(createHash('sha256').update(a).digest('base64url'));
    expect(generation).toBe(0);
    expect(of.store.everything).not.toContain(a);
    expect(of.store.everything).not.toContain(b);
  });

  it('presented by several requests at once is renewed once: who loses finds the winner’s nonce', async () => {
    const of = setUp();
    const other = setUp({}, of);
    const browser = await shopper(of);
    of.clock.advance('15m');
    const copies = Array.from({ length: 6 }, () => browser.copy());
    await Promise.all(copies.map((copy, i) => visit(i % 2 === 0 ? of : other, copy)));
    expect(new Set(copies.map(({ token }) => token)).size).toBe(1);
    expect(copies[0]?.token).not.toBe(browser.token);
    const types = [...of.types(), ...other.types()];
    expect(types.filter((type) => type === 'renewed')).toHaveLength(1);
    expect(types.filter((type) => type === 'reissued')).toHaveLength(5);
  });

  it('is kept where another writer comes between', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const before = browser.token;
    of.clock.advance('15m');
    let left = 1;
    of.store.before = async ({ operation, key }) => {
      if (operation === 'write' && left > 0) {
        left -= 1;
        await overwrite(of.store, key);
      }
      return undefined;
    };
    await visit(of, browser);
    expect(browser.token).not.toBe(before);
    expect(of.types()).toEqual(['renewed']);
  });
});

describe('2. while the renewed token is on its way', () => {
  it('who presents the one before is served, and is given the same renewed one again', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('15m');
    const lost = browser.copy();
    await visit(of, lost);
    of.clock.advance('30s');
    of.store.forget();
    expect(await visit(of, browser)).toBe(browser.id);
    expect(browser.token).toBe(lost.token);
    expect(of.types()).toEqual(['renewed', 'reissued']);
    expect(of.store.writes).toBe(0);
  });

  it('for as long as it takes: an answer that was lost costs nobody the session', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const first = browser.token;
    of.clock.advance('15m');
    for (let i = 0; i < 10; i += 1) {
      // Never sealed, as an answer that does not arrive.
      const { session } = await browser.load(of.sessions);
      await session.update(add(`sku ${i}`));
      of.clock.advance('20m');
    }
    expect(browser.token).toBe(first);
    await visit(of, browser);
    expect(browser.token).not.toBe(first);
    expect(await visit(of, browser)).toBe(browser.id);
  });

  it('updates with either token go on', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('15m');
    const early = await browser.load(of.sessions);
    const before = browser.copy();
    await visit(of, browser);
    await before.use(of.sessions, (session) => session.update(add('hat')));
    await browser.use(of.sessions, (session) => session.update(add('scarf')));
    await early.session.update(add('gloves'));
    expect(await browser.use(of.sessions, ({ data }) => data.cart)).toEqual([
      'coat',
      'hat',
      'scarf',
      'gloves',
    ]);
  });
});

describe('3. the first request that presents the renewed token', () => {
  it('confirms it: it is current, the nonce is gone, the one before is retired', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const a = browser.token.slice(22);
    of.clock.advance('15m');
    await visit(of, browser);
    of.clock.advance('10s');
    await visit(of, browser);
    const { secret, next, retired, generation } = await stateOf(of, browser.id);
    const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
    expect(secret).toEqual({ hash: hash(browser.token.slice(22)), since: of.clock.now() });
    expect(next).toBeUndefined();
    expect(retired).toEqual([
      {
        hash: hash(a),
        at: of.clock.now(),
        client: { network: '203.0.113.0/24', browser: 'Firefox', platform: 'Linux' },
      },
    ]);
    expect(generation).toBe(0);
    expect(of.types()).toEqual(['renewed', 'confirmed']);
  });

  it('is answered without a token: the client has it', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('15m');
    await visit(of, browser);
    expect(setCookies((await browser.load(of.sessions)).answer())).toEqual([]);
  });

  it('together with others confirms it once', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('15m');
    await visit(of, browser);
    await Promise.all(Array.from({ length: 5 }, () => browser.load(of.sessions)));
    expect(of.types()).toEqual(['renewed', 'confirmed']);
  });

  it('starts the time to the next renewal', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('15m');
    await visit(of, browser);
    of.clock.advance('10m');
    await visit(of, browser);
    const confirmed = browser.token;
    of.clock.advance(15 * 60_000 - 1);
    await visit(of, browser);
    expect(browser.token).toBe(confirmed);
    of.clock.advance(1);
    await visit(of, browser);
    expect(browser.token).not.toBe(confirmed);
  });

  it('only what the client itself presents confirms: the one before, presented again, does not', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('15m');
    const first = browser.copy();
    await visit(of, browser.copy());
    await first.use(of.sessions, (session) => session.update(add('hat')));
    expect((await stateOf(of, browser.id)).next).toBeDefined();
    expect(of.types()).not.toContain('confirmed');
  });
});

describe('4. a retired token', () => {
  it('is served for the grace, without a new token, and may write', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const [before] = await renewedTimes(of, browser, 1);
    if (before === undefined) throw new Error('There is no token before.');
    of.clock.advance('1m');
    const { session, answer } = await before.load(of.sessions);
    expect(session.id).toBe(browser.id);
    await session.update(add('hat'));
    expect(setCookies(answer())).toEqual([]);
    expect(await browser.use(of.sessions, ({ data }) => data.cart)).toEqual(['coat', 'hat']);
  });

  it('opens nothing after it, and is told; the session goes on for its owner', async () => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    const [before] = await renewedTimes(of, browser, 1);
    if (before === undefined) throw new Error('There is no token before.');
    of.clock.advance(60_001);
    const { session, answer } = await before.load(of.sessions);
    expect(session.ended).toEqual({ reason: 'retired' });
    expect(session.id).toBeUndefined();
    expect(setCookies(answer())).toEqual([]);
    expect(of.events).toMatchObject([
      { type: 'reused', ended: false, sessionId: browser.id, userId: 'alice', ip: before.ip },
      { type: 'refused', reason: 'retired', ip: before.ip },
    ]);
    expect(await visit(of, browser)).toBe(browser.id);
  });

  it.for([
    ['network', { ip: ELSEWHERE }],
    ['browser family', { userAgent: SAFARI }],
  ] as const)('presented after it by a client of another %s ends the session for both', async ([, as]) => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    for (const stolen of await renewedTimes(of, browser, 3)) {
      const thief = stolen.copy(as);
      of.clock.advance('2m');
      expect(await visit(of, thief)).toBe('retired');
      expect(of.events[0]).toMatchObject({
        type: 'reused',
        ended: true,
        sessionId: browser.id,
        userId: 'alice',
      });
      expect(await visit(of, browser)).toBe('unknown');
      expect(await of.sessions.list('alice')).toEqual([]);
      break;
    }
  });

  it.for([0, 1, 2])(
    'of the last three (%i) each is known: none of them opens, and a thief with it is caught',
    async (which) => {
      const of = setUp();
      const browser = await shopper(of);
      const before = await renewedTimes(of, browser, 3);
      of.clock.advance('2m');
      expect(before[which] && (await visit(of, before[which].copy()))).toBe('retired');
      expect(before[which] && (await visit(of, before[which].copy({ ip: ELSEWHERE })))).toBe('retired');
      expect(await visit(of, browser)).toBe('unknown');
    },
  );

  it('before the last three is unknown', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const [first] = await renewedTimes(of, browser, 4);
    expect(first && (await visit(of, first.copy({ ip: ELSEWHERE })))).toBe('unknown');
    expect(await visit(of, browser)).toBe(browser.id);
  });

  it('from another address of the same network, or with a newer version, is no thief', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const [before] = await renewedTimes(of, browser, 1);
    of.clock.advance('2m');
    const userAgent = browser.userAgent.replaceAll('145', '146');
    expect(before && (await visit(of, before.copy({ ip: '203.0.113.200', userAgent })))).toBe('retired');
    expect(await visit(of, browser)).toBe(browser.id);
  });

  it('what is unknown of a client counts as equal', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const [before] = await renewedTimes(of, browser, 1);
    of.clock.advance('2m');
    const headers = { cookie: before?.cookie ?? '' };
    const blind = of.sessions.open(request({ ip: undefined, headers }));
    await blind.session.load();
    expect(blind.session.ended).toEqual({ reason: 'retired' });
    expect(await visit(of, browser)).toBe(browser.id);
  });

  it('ends the session also where its owner writes at the same moment', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const [stolen] = await renewedTimes(of, browser, 1);
    of.clock.advance('2m');
    let left = 2;
    of.store.before = async ({ operation, key }) => {
      if (operation === 'delete' && left > 0) {
        left -= 1;
        await overwrite(of.store, key);
      }
      return undefined;
    };
    expect(stolen && (await visit(of, stolen.copy({ ip: ELSEWHERE })))).toBe('retired');
    expect(of.types().filter((type) => type === 'reused')).toHaveLength(1);
    expect(await visit(of, browser)).toBe('unknown');
  });

  it('is compared with the client that confirmed, not with one that came before', async () => {
    const of = setUp();
    const home = await shopper(of);
    of.clock.advance('15m');
    const before = home.copy();
    await visit(of, home);
    // The owner moves to another network before the renewed token is presented.
    const moved = home.copy({ ip: ELSEWHERE });
    await visit(of, moved);
    of.clock.advance('2m');
    expect(await visit(of, before.copy({ ip: ELSEWHERE }))).toBe('retired');
    expect(await visit(of, moved)).toBe(home.id);
    expect(await visit(of, before)).toBe('retired');
    expect(await visit(of, moved)).toBe('unknown');
  });

  it('whose request arrived within the grace is served though it was slow', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const [before] = await renewedTimes(of, browser, 1);
    if (before === undefined) throw new Error('There is no token before.');
    of.clock.advance('59s');
    const { session } = before.open(of.sessions);
    of.clock.advance('10s');
    await session.load();
    expect(session.id).toBe(browser.id);
  });
});

describe('a stream', () => {
  it('that runs across renewals goes on saving', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const stream = await browser.load(of.sessions);
    stream.answer();
    await renewedTimes(of, browser, 4);
    await stream.session.update(add('streamed'));
    expect(await browser.use(of.sessions, ({ data }) => data.cart)).toEqual(['coat', 'streamed']);
  });
});

describe('an answer that is sealed late', () => {
  it('leaves the renewed token out where the request was loaded over 10 seconds ago', async () => {
    for (const [seconds, cookies] of [
      [10, 1],
      [10.001, 0],
    ] as const) {
      const of = setUp();
      const browser = await shopper(of);
      of.clock.advance('15m');
      const { answer } = await browser.load(of.sessions);
      of.clock.advance(seconds * 1000);
      expect(setCookies(answer())).toHaveLength(cookies);
    }
  });

  it('brings the token of a sign-in however late it is: no other answer will', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const { session, answer } = await browser.load(of.sessions);
    await session.signIn('alice');
    of.clock.advance('20m');
    expect(setCookies(answer())).toHaveLength(1);
  });

  it.for(['signIn', 'renew', 'destroy', 'finish'] as const)(
    'leaves it out where this process has seen a later generation: by %s',
    async (call) => {
      const of = setUp();
      const browser = await shopper(of);
      of.clock.advance('15m');
      const poll = await browser.load(of.sessions);
      const { session, answer } = await browser.load(of.sessions);
      if (call === 'signIn') await session.signIn('alice');
      else await session[call]();
      answer();
      expect(setCookies(poll.visit.seal())).toEqual([]);
    },
  );

  it.for(['revoke', 'revokeUser', 'signIn as another'] as const)(
    'leaves it out where the session was ended from outside: by %s',
    async (call) => {
      const of = setUp();
      const browser = await shopper(of, 'alice');
      of.clock.advance('15m');
      const poll = await browser.load(of.sessions);
      if (call === 'revoke') await of.sessions.revoke('alice', browser.id);
      else if (call === 'revokeUser') await of.sessions.revokeUser('alice');
      else await browser.use(of.sessions, (session) => session.signIn('bob'));
      expect(setCookies(poll.visit.seal())).toEqual([]);
    },
  );

  it('leaves it out where a thief was caught meanwhile', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const [stolen] = await renewedTimes(of, browser, 1);
    of.clock.advance('15m');
    const poll = await browser.load(of.sessions);
    expect(stolen && (await visit(of, stolen.copy({ ip: ELSEWHERE })))).toBe('retired');
    expect(setCookies(poll.visit.seal())).toEqual([]);
  });
});

describe('timed renewal is for cookies only', () => {
  it.for([
    ['bearer', bearer(), (token: string) => ({ headers: { authorization: `Bearer ${token}` } })],
    ['header', header('x-session'), (token: string) => ({ headers: { 'x-session': token } })],
    ['query', query('s'), (token: string) => ({ query: { s: token } })],
    ['form', form('s'), (token: string) => ({ form: { s: token } })],
  ] as const)('%s: never', async ([, transport, parts]) => {
    const of = setUp({ transports: [transport] });
    const first = of.sessions.open(request());
    await first.session.load();
    await first.session.update(add('coat'));
    const token = first.session.revealToken() ?? '';
    for (let minutes = 0; minutes < 120; minutes += 20) {
      of.clock.advance('20m');
      const later = of.sessions.open(request(parts(token)));
      await later.session.load();
      expect(later.session.revealToken()).toBe(token);
      expect(setCookies(later.seal())).toEqual([]);
    }
    expect(of.types()).not.toContain('renewed');
  });

  it('renewAfter: false, never', async () => {
    const of = setUp({ renewAfter: false });
    const browser = await shopper(of);
    const before = browser.token;
    for (let minutes = 0; minutes < 600; minutes += 20) {
      of.clock.advance('20m');
      await visit(of, browser);
    }
    expect(browser.token).toBe(before);
  });
});

describe('the confirmation of a signed-in session', () => {
  it('lists an ID that a store’s failover lost', async () => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    of.clock.advance('15m');
    await visit(of, browser);
    const key = userKey('alice');
    const lost = await of.store.inner.read(key);
    await of.store.inner.compareAndSet(key, lost?.version ?? null, null);
    expect(await of.sessions.list('alice')).toEqual([]);
    await visit(of, browser);
    expect((await of.sessions.list('alice')).map(({ id }) => id)).toEqual([browser.id]);
  });

  it('ends one of an older epoch, whose end a revocation did not come to', async () => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    of.clock.advance('15m');
    await visit(of, browser);
    // A revocation that crashes after it has raised the epoch.
    of.store.before = ({ operation, key }) =>
      operation !== 'read' && key === browser.id ? 'reject' : undefined;
    await failure(of.sessions.revokeUser('alice'), 'ERR_STORE_UNAVAILABLE');
    of.store.before = () => undefined;
    expect(await visit(of, browser)).toBe('unknown');
    expect(await of.store.inner.read(browser.id)).toBeUndefined();
  });

  it('changes the list in no other case: renewals leave it alone', async () => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    const before = await of.store.inner.read(userKey('alice'));
    await renewedTimes(of, browser, 3);
    expect(await of.store.inner.read(userKey('alice'))).toEqual(before);
  });
});

it('a load that is under way when the response is sealed sends no renewed token', async () => {
  const of = setUp();
  const browser = await shopper(of);
  of.clock.advance('15m');
  const held = gate();
  of.store.before = ({ operation }) => (operation === 'write' ? held.wait() : undefined);
  const { session, visit: opened } = browser.open(of.sessions);
  const loading = session.load();
  await held.reached;
  expect(opened.seal()).toEqual([]);
  held.open();
  await loading;
  expect(session.id).toBe(browser.id);
  expect(await visit(of, browser)).toBe(browser.id);
});
