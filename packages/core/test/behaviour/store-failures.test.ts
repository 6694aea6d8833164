import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { SessionError } from '../../src/common/errors.ts';
import { userKey } from '../../src/users/user-index.ts';
import { Browser, setCookies } from '../support/browser.ts';
import { failure, type SetUp, type ShopData, setUp } from '../support/set-up.ts';
import { type Fault, STORE_ERROR, type StoreCall } from '../support/watched-store.ts';

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

/** Lets the first so many calls of a kind fail. */
function failing(operation: StoreCall['operation'], fault: Fault, times: number = Number.POSITIVE_INFINITY) {
  let left = times;
  return (call: StoreCall): Fault => {
    if (call.operation !== operation || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

const cartOf = ({ sessions }: SetUp, browser: Browser) => browser.use(sessions, ({ data }) => data.cart);

describe('a store that cannot be read', () => {
  it('fails the request closed: no fresh session in place of the old one, and no cookie', async () => {
    const of = setUp({ grant: 'first-visit' });
    const browser = await shopper(of);
    of.store.before = failing('read', 'reject');
    const { session, visit } = browser.open(of.sessions);
    const { status, message } = await failure(session.load(), 'ERR_STORE_UNAVAILABLE');
    expect(status).toBe(503);
    expect(message).toContain('failed to read');
    expect(visit.seal()).toEqual([]);
    expect(of.store.writes).toBe(0);
    expect(of.events).toMatchObject([{ type: 'store-failed', operation: 'read', at: of.clock.now() }]);
    of.store.before = () => undefined;
    expect(await cartOf(of, browser)).toEqual(['coat']);
  });

  it.for(['update', 'signIn', 'renew', 'finish', 'destroy'] as const)('fails %s too', async (call) => {
    const of = setUp();
    const browser = await shopper(of);
    of.store.before = failing('read', 'reject');
    const { session, answer } = browser.open(of.sessions);
    const running =
      call === 'update'
        ? session.update(add('hat'))
        : call === 'signIn'
          ? session.signIn('alice')
          : session[call]();
    await failure(running, 'ERR_STORE_UNAVAILABLE');
    expect(setCookies(answer())).toEqual([]);
    expect(of.store.writes).toBe(0);
  });

  it('fails list, revoke and revokeUser', async () => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    of.store.before = failing('read', 'reject');
    await failure(of.sessions.list('alice'), 'ERR_STORE_UNAVAILABLE');
    await failure(of.sessions.revoke('alice', browser.id), 'ERR_STORE_UNAVAILABLE');
    await failure(of.sessions.revokeUser('alice'), 'ERR_STORE_UNAVAILABLE');
  });

  it('fails the same where it throws at once', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.store.read = () => {
      throw STORE_ERROR;
    };
    await failure(browser.load(of.sessions), 'ERR_STORE_UNAVAILABLE');
  });
});

describe('the error', () => {
  async function storeError(cause: unknown): Promise<SessionError> {
    const of = setUp();
    const browser = await shopper(of);
    of.store.read = () => Promise.reject(cause);
    return failure(browser.load(of.sessions), 'ERR_STORE_UNAVAILABLE');
  }

  it('tells the kind of failure by name, first word and code, and nothing of commands, keys and bodies', async () => {
    const error = await storeError(STORE_ERROR);
    expect(error.cause).toEqual(new Error('The store rejected with Error READONLY ECONNRESET'));
    const shown = inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error);
    expect(shown).not.toContain('session:abc');
    expect(shown).not.toContain('the body');
  });

  it.for<[unknown, string]>([
    ['a text', 'The store rejected with something that is no Error'],
    [undefined, 'The store rejected with something that is no Error'],
    [{ command: 'get session:abc' }, 'The store rejected with something that is no Error'],
    [new TypeError('cannot read session:abc'), 'The store rejected with TypeError'],
    [Object.assign(new Error('disk full'), { errcode: 13 }), 'The store rejected with Error 13'],
    [Object.assign(new Error('x'), { code: { session: 'abc' } }), 'The store rejected with Error'],
    [new Error('OOM command not allowed'), 'The store rejected with Error OOM'],
  ])('for %s says: %s', async ([cause, message]) => {
    expect((await storeError(cause)).cause).toMatchObject({ message });
  });
});

describe('a write whose answer was lost', () => {
  it.for(['apply-reject', 'apply-false'] as const)(
    '(%s) is recognised: the update resolves, and is there once',
    async (fault) => {
      const of = setUp();
      const browser = await shopper(of);
      const { session } = await browser.load(of.sessions);
      of.store.before = failing('write', fault, 1);
      expect(await session.update(add('hat'))).toBe(2);
      expect(of.store.writes).toBe(1);
      await session.update(add('scarf'));
      expect(await cartOf(of, browser)).toEqual(['coat', 'hat', 'scarf']);
    },
  );

  it.for(['apply-reject', 'apply-false'] as const)(
    '(%s) of a grant is recognised: one session',
    async (fault) => {
      const of = setUp();
      const browser = new Browser();
      of.store.before = failing('write', fault, 1);
      await browser.use(of.sessions, (session) => session.update(add('coat')));
      expect(of.store.size).toBe(1);
      expect(await cartOf(of, browser)).toEqual(['coat']);
    },
  );

  it.for(['apply-reject', 'apply-false'] as const)(
    '(%s) of a sign-in is recognised at each of its writes',
    async (fault) => {
      for (const at of [0, 1]) {
        const of = setUp();
        const browser = await shopper(of);
        let left = at;
        of.store.before = ({ operation }) => {
          if (operation !== 'write') return undefined;
          left -= 1;
          return left === -1 ? fault : undefined;
        };
        await browser.use(of.sessions, (session) => session.signIn('alice'));
        expect(await browser.use(of.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
          'alice',
          ['coat'],
        ]);
        expect(await of.sessions.list('alice')).toHaveLength(1);
      }
    },
  );

  it.for(['apply-reject', 'apply-false'] as const)(
    '(%s) of a finish is recognised: it is true, and stays the only one',
    async (fault) => {
      const of = setUp();
      const browser = await shopper(of);
      const [first, second] = [await browser.load(of.sessions), await browser.load(of.sessions)];
      of.store.before = failing('write', fault, 1);
      expect(await first.session.finish('receipt')).toBe(true);
      expect(await second.session.finish('another')).toBe(false);
      expect(second.session.ended).toEqual({ reason: 'finished', receipt: 'receipt' });
    },
  );

  it('of a renewal is recognised: the token that was drawn goes out', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.clock.advance('15m');
    of.store.before = failing('write', 'apply-reject', 1);
    await cartOf(of, browser);
    of.store.before = () => undefined;
    expect(await cartOf(of, browser)).toEqual(['coat']);
    expect(of.types()).toContain('confirmed');
  });

  it('of a destroy counts as ended: an absent record is one', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.store.before = failing('delete', 'apply-reject', 1);
    const { session, answer } = await browser.load(of.sessions);
    await session.destroy();
    expect(setCookies(answer())).toHaveLength(1);
    expect(of.types()).toEqual(['store-failed', 'destroyed']);
    expect(of.store.size).toBe(0);
  });

  it('is recognised though others wrote after it', async () => {
    const of = setUp();
    const other = setUp({}, of);
    const browser = await shopper(of);
    const { session } = await browser.load(of.sessions);
    let left = 1;
    of.store.before = async ({ operation }) => {
      if (operation === 'read' && left === 0) {
        left -= 1;
        for (let i = 0; i < 3; i += 1)
          await browser.use(other.sessions, (later) => later.update(add(`later ${i}`)));
      }
      if (operation !== 'write' || left !== 1) return undefined;
      left -= 1;
      return 'apply-reject';
    };
    expect(await session.update(add('hat'))).toBe(2);
    expect(await cartOf(of, browser)).toEqual(['coat', 'hat', 'later 0', 'later 1', 'later 2']);
  });
});

describe('a write that did not happen', () => {
  it('is tried again, and happens once', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const { session } = await browser.load(of.sessions);
    of.store.before = failing('write', 'reject', 2);
    expect(await session.update(add('hat'))).toBe(2);
    expect(await cartOf(of, browser)).toEqual(['coat', 'hat']);
    expect(of.types()).toEqual(['store-failed', 'store-failed']);
  });

  it('again and again is an outcome that nobody knows: ERR_STORE_UNAVAILABLE says so', async () => {
    const of = setUp();
    const browser = await shopper(of);
    const { session } = await browser.load(of.sessions);
    of.store.before = failing('write', 'reject');
    const { message, status } = await failure(session.update(add('hat')), 'ERR_STORE_UNAVAILABLE');
    expect(message).toContain('whether it happened is unknown');
    expect(status).toBe(503);
    of.store.before = () => undefined;
    expect(session.data.cart).toEqual(['coat']);
    expect(await cartOf(of, browser)).toEqual(['coat']);
    expect(await session.update(add('scarf'))).toBe(2);
  });

  it('for a grant sets no cookie, and is not tried under the same ID again', async () => {
    const of = setUp();
    of.store.before = failing('write', 'reject');
    const { session, answer } = await new Browser().load(of.sessions);
    await failure(session.update(add('coat')), 'ERR_STORE_UNAVAILABLE');
    expect(session.id).toBeUndefined();
    expect(setCookies(answer())).toEqual([]);
    const keys = of.store.calls.filter(({ operation }) => operation === 'write').map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('for a destroy leaves the cookie: the session may live', async () => {
    const of = setUp();
    const browser = await shopper(of);
    of.store.before = failing('delete', 'reject');
    const { session, answer } = await browser.load(of.sessions);
    await failure(session.destroy(), 'ERR_STORE_UNAVAILABLE');
    expect(setCookies(answer())).toEqual([]);
    of.store.before = () => undefined;
    expect(await cartOf(of, browser)).toEqual(['coat']);
  });

  it('for a finish leaves nobody with a receipt that is none', async () => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    of.store.before = (call) =>
      call.operation === 'write' && call.key === browser.id ? 'reject' : undefined;
    const { session } = await browser.load(of.sessions);
    await failure(session.finish('receipt', { keepUser: true }), 'ERR_STORE_UNAVAILABLE');
    expect(session.ended).toBeUndefined();
    of.store.before = () => undefined;
    expect(await session.finish('receipt', { keepUser: true })).toBe(true);
    expect(await of.sessions.list('alice')).toHaveLength(1);
  });

  it('for the listing of a successor leaves the session as it was, and no successor', async () => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    of.store.before = (call) =>
      call.operation === 'write' && call.key === userKey('alice') ? 'reject' : undefined;
    const { session, answer } = await browser.load(of.sessions);
    await failure(session.finish('receipt', { keepUser: true }), 'ERR_STORE_UNAVAILABLE');
    expect(setCookies(answer())).toEqual([]);
    of.store.before = () => undefined;
    expect(await cartOf(of, browser)).toEqual(['coat']);
    expect((await of.sessions.list('alice')).map(({ id }) => id)).toEqual([browser.id]);
    expect(of.store.size).toBe(2);
  });

  it('for the end of the session of the user before takes the other user’s sign-in back', async () => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    of.store.before = (call) =>
      call.operation === 'delete' && call.key === browser.id ? 'reject' : undefined;
    const { session, answer } = await browser.load(of.sessions);
    await failure(session.signIn('bob'), 'ERR_STORE_UNAVAILABLE');
    expect(setCookies(answer())).toEqual([]);
    of.store.before = () => undefined;
    expect(await of.sessions.list('bob')).toEqual([]);
    expect(await browser.use(of.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
      'alice',
      ['coat'],
    ]);
  });

  it('for a sign-in of another user ends neither', async () => {
    const of = setUp();
    const browser = await shopper(of, 'alice');
    of.store.before = (call) =>
      call.operation === 'write' && call.key === userKey('bob') ? 'reject' : undefined;
    const { session, answer } = await browser.load(of.sessions);
    await failure(session.signIn('bob'), 'ERR_STORE_UNAVAILABLE');
    answer();
    of.store.before = () => undefined;
    expect(await browser.use(of.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
      'alice',
      ['coat'],
    ]);
    expect(await of.sessions.list('bob')).toEqual([]);
  });
});

describe('where so many wrote since the load that the record does not list the write before ours any more', () => {
  /** A visit that is loaded, and what writes `times` before the visit's own write arrives. */
  async function writtenOver(times: number) {
    // Steps of one version for us and of many for the others, so that theirs could have been written over ours.
    const steps = (byte: number) => (length: number) =>
      length === 3 ? new Uint8Array(3).fill(byte) : crypto.getRandomValues(new Uint8Array(length));
    const of = setUp({ randomBytes: steps(0) });
    const other = setUp({ randomBytes: steps(0xff) }, of);
    const browser = await shopper(of);
    const { session } = await browser.load(of.sessions);
    const others = async () => {
      for (let i = 0; i < times; i += 1)
        await browser.use(other.sessions, (later) => later.update(add(`later ${i}`)));
    };
    return { of, browser, session, others };
  }

  it('a write that failed has an outcome that nobody knows', async () => {
    const { of, browser, session, others } = await writtenOver(64);
    of.store.before = async ({ operation }) => {
      if (operation === 'write') return 'reject';
      of.store.before = () => undefined;
      await others();
      return undefined;
    };
    const { message } = await failure(session.update(add('hat')), 'ERR_STORE_UNAVAILABLE');
    expect(message).toContain('whether it happened is unknown');
    expect(await cartOf(of, browser)).toHaveLength(65);
  });

  it('one less, and it is known, for that many are listed while they follow each other closely', async () => {
    const { of, browser, session, others } = await writtenOver(63);
    await others();
    expect(await session.update(add('hat'))).toBe(65);
    expect(await cartOf(of, browser)).toHaveLength(65);
  });
});

it('a failed load of one request does not harm the next', async () => {
  const of = setUp();
  const browser = await shopper(of);
  of.store.before = failing('read', 'reject', 1);
  await failure(browser.load(of.sessions), 'ERR_STORE_UNAVAILABLE');
  expect(await cartOf(of, browser)).toEqual(['coat']);
});
