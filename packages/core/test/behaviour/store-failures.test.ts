import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SessionError } from '../../src/common/errors.ts';
import { userKey } from '../../src/users/user-index.ts';
import { Browser, setCookies } from '../support/browser.ts';
import { failure, type SetUp, type ShopData, setUp } from '../support/set-up.ts';
import { type Fault, STORE_ERROR, type StoreCall, watchedStore } from '../support/watched-store.ts';

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

/** Makes the first calls of a kind fail. */
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
  it('fails the request closed: no new session and no cookie', async () => {
    const env = setUp({ grant: 'first-visit' });
    const browser = await shopper(env);
    env.store.before = failing('read', 'reject');
    const { session, visit } = browser.open(env.sessions);
    const { status, message } = await failure(session.load(), 'ERR_STORE_UNAVAILABLE');
    expect(status).toBe(503);
    expect(message).toContain('failed to read');
    expect(visit.seal()).toEqual([]);
    expect(env.store.writes).toBe(0);
    const reason = 'the Redis server is a read-only replica (READONLY)';
    expect(env.events).toMatchObject([
      { type: 'store-failed', operation: 'read', reason, at: env.clock.now() },
      { type: 'call-failed', call: 'load', code: 'ERR_STORE_UNAVAILABLE' },
    ]);
    env.store.before = () => undefined;
    expect(await cartOf(env, browser)).toEqual(['coat']);
  });

  it.for(['update', 'signIn', 'renew', 'finish', 'destroy'] as const)('fails %s too', async (call) => {
    const env = setUp();
    const browser = await shopper(env);
    env.store.before = failing('read', 'reject');
    const { session, respond } = browser.open(env.sessions);
    const running =
      call === 'update'
        ? session.update(add('hat'))
        : call === 'signIn'
          ? session.signIn('alice')
          : session[call]();
    await failure(running, 'ERR_STORE_UNAVAILABLE');
    expect(setCookies(respond())).toEqual([]);
    expect(env.store.writes).toBe(0);
  });

  it('fails list, revoke and revokeUser', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.store.before = failing('read', 'reject');
    await failure(env.sessions.list('alice'), 'ERR_STORE_UNAVAILABLE');
    await failure(env.sessions.revoke('alice', browser.id), 'ERR_STORE_UNAVAILABLE');
    await failure(env.sessions.revokeUser('alice'), 'ERR_STORE_UNAVAILABLE');
  });

  it('fails in the same way if it throws synchronously', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.store.read = () => {
      throw STORE_ERROR;
    };
    await failure(browser.load(env.sessions), 'ERR_STORE_UNAVAILABLE');
  });
});

describe('the error of a failed store', () => {
  async function storeError(cause: unknown): Promise<SessionError> {
    const env = setUp();
    const browser = await shopper(env);
    env.store.read = () => Promise.reject(cause);
    return failure(browser.load(env.sessions), 'ERR_STORE_UNAVAILABLE');
  }

  it('shows the name, first word and code of a failure, and no command, key or body', async () => {
    const error = await storeError(STORE_ERROR);
    expect(error.cause).toEqual(
      new Error(
        'The store rejected with Error READONLY ECONNRESET: the Redis server is a read-only replica (READONLY)',
      ),
    );
    expect(error.message).toBe(
      'The session store failed to read: the Redis server is a read-only replica (READONLY). Connect the client to the primary, through Sentinel or as a cluster.',
    );
    const shown = inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error);
    expect(shown).not.toContain('session:abc');
    expect(shown).not.toContain('the body');
  });

  it.for<[unknown, string]>([
    ['a string', 'The store rejected with a value that is not an Error'],
    [undefined, 'The store rejected with a value that is not an Error'],
    [{ command: 'get session:abc' }, 'The store rejected with a value that is not an Error'],
    [new TypeError('cannot read session:abc'), 'The store rejected with TypeError'],
    [
      Object.assign(new Error('disk full'), { errcode: 13 }),
      'The store rejected with Error 13: the disk is full',
    ],
    [Object.assign(new Error('x'), { code: { session: 'abc' } }), 'The store rejected with Error'],
    [new Error('OOM command not allowed'), 'The store rejected with Error OOM: Redis is out of memory (OOM)'],
  ])('says for %s: %s', async ([cause, message]) => {
    expect((await storeError(cause)).cause).toMatchObject({ message });
  });
});

describe('a write whose result was lost', () => {
  it.for(['apply-reject', 'apply-false'] as const)(
    '(%s) is recognised: the update resolves and is applied once',
    async (fault) => {
      const env = setUp();
      const browser = await shopper(env);
      const { session } = await browser.load(env.sessions);
      env.store.before = failing('write', fault, 1);
      expect(await session.update(add('hat'))).toBe(2);
      expect(env.store.writes).toBe(1);
      await session.update(add('scarf'));
      expect(await cartOf(env, browser)).toEqual(['coat', 'hat', 'scarf']);
    },
  );

  it.for(['apply-reject', 'apply-false'] as const)(
    '(%s) of a grant is not taken for ours: the session begins under another ID',
    async (fault) => {
      const env = setUp();
      const browser = new Browser();
      env.store.before = failing('write', fault, 1);
      await browser.use(env.sessions, (session) => session.update(add('coat')));
      const keys = env.store.calls.filter(({ operation }) => operation === 'write').map(({ key }) => key);
      expect(keys).toHaveLength(2);
      expect(await browser.use(env.sessions, ({ id, data }) => [id, data.cart])).toEqual([keys[1], ['coat']]);
    },
  );

  it.for(['apply-reject', 'apply-false'] as const)(
    '(%s) of a sign-in is recognised at each of its writes',
    async (fault) => {
      for (const at of [0, 1]) {
        const env = setUp();
        const browser = await shopper(env);
        let left = at;
        env.store.before = ({ operation }) => {
          if (operation !== 'write') return undefined;
          left -= 1;
          return left === -1 ? fault : undefined;
        };
        await browser.use(env.sessions, (session) => session.signIn('alice'));
        expect(await browser.use(env.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
          'alice',
          ['coat'],
        ]);
        expect(await env.sessions.list('alice')).toHaveLength(1);
      }
    },
  );

  it.for(['apply-reject', 'apply-false'] as const)(
    '(%s) of a finish is recognised: it returns true, and no other finish does',
    async (fault) => {
      const env = setUp();
      const browser = await shopper(env);
      const [first, second] = [await browser.load(env.sessions), await browser.load(env.sessions)];
      env.store.before = failing('write', fault, 1);
      expect(await first.session.finish('receipt')).toBe(true);
      expect(await second.session.finish('another')).toBe(false);
      expect(second.session.ended).toEqual({ reason: 'finished', receipt: 'receipt' });
    },
  );

  it('of a renewal is recognised: its token is sent', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.clock.advance('15m');
    env.store.before = failing('write', 'apply-reject', 1);
    await cartOf(env, browser);
    env.store.before = () => undefined;
    expect(await cartOf(env, browser)).toEqual(['coat']);
    expect(env.types()).toContain('confirmed');
  });

  it('of a destroy counts as destroyed, since the record is gone', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.store.before = failing('delete', 'apply-reject', 1);
    const { session, respond } = await browser.load(env.sessions);
    await session.destroy();
    expect(setCookies(respond())).toHaveLength(1);
    expect(env.types()).toEqual(['store-failed', 'destroyed']);
    expect(env.store.size).toBe(0);
  });

  it('is recognised even if others wrote after it', async () => {
    const env = setUp();
    const other = setUp({}, env);
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    let left = 1;
    env.store.before = async ({ operation }) => {
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
    expect(await cartOf(env, browser)).toEqual(['coat', 'hat', 'later 0', 'later 1', 'later 2']);
  });
});

describe('a write whose result was lost, in a session that ended before it could be looked up', () => {
  async function endedAfterWrite(fault: Fault) {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    env.store.before = async ({ operation, key }) => {
      if (operation === 'write') return fault;
      if (operation === 'read' && key === browser.id) {
        const record = await env.store.inner.read(key);
        await env.store.inner.compareAndSet(key, record?.version ?? 0, null);
      }
      return undefined;
    };
    return session.update(add('hat'));
  }

  it.for(['reject', 'apply-reject'] as const)('(%s) has an unknown outcome', async (fault) => {
    const { message } = await failure(endedAfterWrite(fault), 'ERR_STORE_UNAVAILABLE');
    expect(message).toContain('unknown whether the write happened');
  });

  it.for(['false', 'apply-false'] as const)(
    '(%s) has ended, and is not said to be unwritten',
    async (fault) => {
      const { message } = await failure(endedAfterWrite(fault), 'ERR_SESSION_ENDED');
      expect(message).toContain('unknown whether this change was written');
      expect(message).not.toContain('nothing was written');
    },
  );
});

it('gives a cloned process that draws the same bytes another session', async () => {
  const store = watchedStore();
  // Two processes that continue from one state of the pool.
  const clone = () => {
    let drawn = 0;
    return (length: number) => new Uint8Array(length).map(() => (drawn += 1));
  };
  const [one, other] = [new Browser(), new Browser()];
  await one.use(setUp({ randomBytes: clone() }, { store }).sessions, (session) =>
    session.update(add('coat')),
  );
  const { sessions } = setUp({ randomBytes: clone() }, { store });
  await other.use(sessions, (session) => session.update(add('hat')));
  expect(other.token).not.toBe(one.token);
  expect(await one.use(sessions, ({ data }) => data.cart)).toEqual(['coat']);
  expect(await other.use(sessions, ({ data }) => data.cart)).toEqual(['hat']);
});

describe('a write that did not happen', () => {
  it('is retried and happens once', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    env.store.before = failing('write', 'reject', 2);
    expect(await session.update(add('hat'))).toBe(2);
    expect(await cartOf(env, browser)).toEqual(['coat', 'hat']);
    expect(env.types()).toEqual(['store-failed', 'store-failed']);
  });

  it('three times in a row has an unknown outcome, and ERR_STORE_UNAVAILABLE says so', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    env.store.before = failing('write', 'reject');
    const { message, status, cause } = await failure(session.update(add('hat')), 'ERR_STORE_UNAVAILABLE');
    expect(message).toContain('failed to write: the Redis server is a read-only replica (READONLY)');
    expect(message).toContain('unknown whether the write happened');
    expect(cause).toMatchObject({ message: expect.stringContaining('READONLY ECONNRESET') });
    expect(status).toBe(503);
    env.store.before = () => undefined;
    expect(session.data.cart).toEqual(['coat']);
    expect(await cartOf(env, browser)).toEqual(['coat']);
    expect(await session.update(add('scarf'))).toBe(2);
  });

  it('sets no cookie for a grant, and never reuses the ID', async () => {
    const env = setUp();
    env.store.before = failing('write', 'reject');
    const { session, respond } = await new Browser().load(env.sessions);
    await failure(session.update(add('coat')), 'ERR_STORE_UNAVAILABLE');
    expect(session.id).toBeUndefined();
    expect(setCookies(respond())).toEqual([]);
    const keys = env.store.calls.filter(({ operation }) => operation === 'write').map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('leaves the cookie after a destroy, since the session may be alive', async () => {
    const env = setUp();
    const browser = await shopper(env);
    env.store.before = failing('delete', 'reject');
    const { session, respond } = await browser.load(env.sessions);
    await failure(session.destroy(), 'ERR_STORE_UNAVAILABLE');
    expect(setCookies(respond())).toEqual([]);
    env.store.before = () => undefined;
    expect(await cartOf(env, browser)).toEqual(['coat']);
  });

  it('leaves no receipt after a finish', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.store.before = (call) =>
      call.operation === 'write' && call.key === browser.id ? 'reject' : undefined;
    const { session } = await browser.load(env.sessions);
    await failure(session.finish('receipt', { keepUser: true }), 'ERR_STORE_UNAVAILABLE');
    expect(session.ended).toBeUndefined();
    env.store.before = () => undefined;
    expect(await session.finish('receipt', { keepUser: true })).toBe(true);
    // The first successor lives on unused: a finish that comes late would lead to it.
    expect(await env.sessions.list('alice')).toHaveLength(2);
  });

  it('leaves the session unchanged and no successor if the successor cannot be listed', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.store.before = (call) =>
      call.operation === 'write' && call.key === userKey('alice') ? 'reject' : undefined;
    const { session, respond } = await browser.load(env.sessions);
    await failure(session.finish('receipt', { keepUser: true }), 'ERR_STORE_UNAVAILABLE');
    expect(setCookies(respond())).toEqual([]);
    env.store.before = () => undefined;
    expect(await cartOf(env, browser)).toEqual(['coat']);
    expect((await env.sessions.list('alice')).map(({ id }) => id)).toEqual([browser.id]);
    expect(env.store.size).toBe(2);
  });

  it('rolls a sign-in back if the previous user’s session cannot be ended', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.store.before = (call) =>
      call.operation === 'delete' && call.key === browser.id ? 'reject' : undefined;
    const { session, respond } = await browser.load(env.sessions);
    await failure(session.signIn('bob'), 'ERR_STORE_UNAVAILABLE');
    expect(setCookies(respond())).toEqual([]);
    env.store.before = () => undefined;
    expect(await env.sessions.list('bob')).toEqual([]);
    expect(await browser.use(env.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
      'alice',
      ['coat'],
    ]);
  });

  it('ends neither session if a sign-in as another user cannot be listed', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    env.store.before = (call) =>
      call.operation === 'write' && call.key === userKey('bob') ? 'reject' : undefined;
    const { session, respond } = await browser.load(env.sessions);
    await failure(session.signIn('bob'), 'ERR_STORE_UNAVAILABLE');
    respond();
    env.store.before = () => undefined;
    expect(await browser.use(env.sessions, ({ userId, data }) => [userId, data.cart])).toEqual([
      'alice',
      ['coat'],
    ]);
    expect(await env.sessions.list('bob')).toEqual([]);
  });
});

describe('a finish whose outcome is unknown', () => {
  it('keeps the successor that another request has been handed meanwhile', async () => {
    const env = setUp();
    const browser = await shopper(env, 'alice');
    const [first, second] = [await browser.load(env.sessions), browser.open(env.sessions)];
    const failLookUp = async () => {
      env.store.before = () => undefined;
      await second.session.load();
      return 'reject' as const;
    };
    env.store.before = ({ operation, key }) => {
      if (operation !== 'write' || key !== browser.id) return undefined;
      env.store.before = failLookUp;
      return 'apply-reject';
    };
    await failure(first.session.finish('receipt', { keepUser: true }), 'ERR_STORE_UNAVAILABLE');
    second.respond();
    const { id } = second.session;
    expect(id).not.toBe(browser.id);
    expect(await browser.use(env.sessions, (session) => [session.id, session.userId])).toEqual([id, 'alice']);
  });
});

describe('a write error has a cause', () => {
  it.for<[string, (browser: Browser, env: SetUp) => Promise<unknown>]>([
    ['of a grant', (_, { sessions }) => new Browser().use(sessions, (session) => session.update(add('hat')))],
    [
      'of an update',
      (browser, { sessions }) => browser.use(sessions, (session) => session.update(add('hat'))),
    ],
    ['of a sign-in', (browser, { sessions }) => browser.use(sessions, (session) => session.signIn('alice'))],
    ['of a destroy', (browser, { sessions }) => browser.use(sessions, (session) => session.destroy())],
    ['of a finish', (browser, { sessions }) => browser.use(sessions, (session) => session.finish())],
  ])('%s', async ([, call]) => {
    const env = setUp();
    const browser = await shopper(env);
    env.store.before = ({ operation }) => (operation === 'read' ? undefined : 'reject');
    const { cause } = await failure(call(browser, env), 'ERR_STORE_UNAVAILABLE');
    expect(cause).toMatchObject({ message: expect.stringContaining('READONLY ECONNRESET') });
  });

  it('including the case that the read after it fails too', async () => {
    const env = setUp();
    env.store.before = () => 'reject';
    const { message } = await failure(
      new Browser().use(env.sessions, (session) => session.update(add('hat'))),
      'ERR_STORE_UNAVAILABLE',
    );
    expect(message).toContain('failed to write');
    expect(env.store.calls.map(({ operation }) => operation)).toEqual(['write', 'read']);
  });
});

describe("a store's own SessionError", () => {
  it.for(['read', 'compareAndSet'] as const)('ERR_CONFIG of %s reaches the app as such', async (method) => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const own = new SessionError('ERR_CONFIG', 'The table has another shape.');
    Object.assign(env.store, { [method]: () => Promise.reject(own) });
    const call = method === 'read' ? browser.load(env.sessions) : session.update(add('hat'));
    expect(await failure(call, 'ERR_CONFIG')).toBe(own);
  });

  it('ERR_STORE_UNAVAILABLE does not repeat the write', async () => {
    const env = setUp();
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    let tries = 0;
    env.store.compareAndSet = () => {
      tries += 1;
      throw new SessionError('ERR_STORE_UNAVAILABLE', 'The database is locked.');
    };
    for (const call of [
      () => session.update(add('hat')),
      () => session.destroy(),
      () => new Browser().use(env.sessions, (each) => each.update(add('hat'))),
    ]) {
      expect((await failure(call(), 'ERR_STORE_UNAVAILABLE')).message).toContain('The database is locked.');
    }
    expect(tries).toBe(3);
  });
});

describe('check()', () => {
  it('writes, reads and deletes one record, and leaves none', async () => {
    const { sessions, store } = setUp();
    await sessions.check();
    expect(store.calls.map(({ operation }) => operation)).toEqual(['write', 'read', 'delete', 'read']);
    expect(store.size).toBe(0);
  });

  it.for(['read', 'write', 'delete'] as const)('rejects if the store fails a %s', async (operation) => {
    const { sessions, store } = setUp();
    store.before = failing(operation, 'reject');
    const { message } = await failure(sessions.check(), 'ERR_STORE_UNAVAILABLE');
    expect(message).toContain(operation === 'read' ? 'failed to read: ' : 'failed to write: ');
    expect(message).toContain('Connect the client to the primary');
  });

  it.for<[string, (store: SetUp['store']) => unknown, string]>([
    [
      'loses what it confirms',
      (store) => Object.assign(store, { read: () => undefined }),
      'compare its clock',
    ],
    [
      'returns another record',
      (store) => Object.assign(store, { read: () => ({ version: 1, expiresAt: 1, body: '' }) }),
      'returns another record',
    ],
    [
      'does not delete',
      (store) => {
        const { inner } = store;
        store.compareAndSet = (key, expected, next) =>
          next === null || inner.compareAndSet(key, expected, next);
      },
      'still returns a record',
    ],
  ])('rejects if the store %s', async ([, spoil, part]) => {
    const { sessions, store } = setUp();
    spoil(store);
    expect((await failure(sessions.check(), 'ERR_STORE_UNAVAILABLE')).message).toContain(part);
  });
});

describe('after more writes since the load than the record logs', () => {
  /** A loaded session, and a function that makes `times` other writes before its own arrives. */
  async function writtenOver(times: number) {
    // Version steps of one for ours and of many for the others, so that theirs could have been written over ours.
    const steps = (byte: number) => (length: number) =>
      length === 3 ? new Uint8Array(3).fill(byte) : crypto.getRandomValues(new Uint8Array(length));
    const env = setUp({ randomBytes: steps(0) });
    const other = setUp({ randomBytes: steps(0xff) }, env);
    const browser = await shopper(env);
    const { session } = await browser.load(env.sessions);
    const others = async () => {
      for (let i = 0; i < times; i += 1)
        await browser.use(other.sessions, (later) => later.update(add(`later ${i}`)));
    };
    return { env, browser, session, others };
  }

  it('a failed write has an unknown outcome', async () => {
    const { env, browser, session, others } = await writtenOver(64);
    env.store.before = async ({ operation }) => {
      if (operation === 'write') return 'reject';
      env.store.before = () => undefined;
      await others();
      return undefined;
    };
    const { message } = await failure(session.update(add('hat')), 'ERR_STORE_UNAVAILABLE');
    expect(message).toContain('unknown whether the write happened');
    expect(await cartOf(env, browser)).toHaveLength(65);
  });

  it('the outcome is known with one write less', async () => {
    const { env, browser, session, others } = await writtenOver(63);
    await others();
    expect(await session.update(add('hat'))).toBe(65);
    expect(await cartOf(env, browser)).toHaveLength(65);
  });
});

it('a failed load of one request does not affect the next', async () => {
  const env = setUp();
  const browser = await shopper(env);
  env.store.before = failing('read', 'reject', 1);
  await failure(browser.load(env.sessions), 'ERR_STORE_UNAVAILABLE');
  expect(await cartOf(env, browser)).toEqual(['coat']);
});
