import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SessionError } from '../../src/common/errors.ts';
import type { StoreRecord } from '../../src/store/store.ts';
import { userKey } from '../../src/users/user-index.ts';
import { Browser } from '../support/browser.ts';
import { failure, type SetUp, setUp } from '../support/set-up.ts';

/** Overwrites what the store holds under a key. */
async function corrupt(env: SetUp, key: string, change: (record: StoreRecord) => Partial<StoreRecord>) {
  const record = await env.store.inner.read(key);
  if (record === undefined) throw new Error(`There is no record under ${key}.`);
  await env.store.inner.compareAndSet(key, record.version, {
    ...record,
    version: record.version + 1,
    ...change(record),
  });
}

/** A signed-in session with a renewal under way, so that its record has most parts. */
async function member(): Promise<{ env: SetUp; browser: Browser; id: string }> {
  const env = setUp();
  const browser = new Browser();
  const id = await browser.use(env.sessions, async (session) => {
    await session.update({ cart: ['coat'] });
    await session.signIn('alice');
    return session.id ?? '';
  });
  env.clock.advance('15m');
  await browser.use(env.sessions, () => {});
  return { env, browser, id };
}

/** Makes every call of the library on the session, and returns what failed. */
async function useAll({ env, browser, id }: Awaited<ReturnType<typeof member>>): Promise<unknown[]> {
  const errors: unknown[] = [];
  const attempt = async (call: () => unknown) => {
    try {
      await call();
    } catch (error) {
      errors.push(error);
    }
  };
  const { sessions } = env;
  for (const act of ['read', 'update', 'patch', 'renew', 'signIn', 'finish', 'destroy'] as const) {
    await attempt(async () => {
      const { session, visit } = await browser.copy().load(sessions);
      await attempt(() => session.data);
      await attempt(() => [
        session.createdAt,
        session.signedInAt,
        session.expiresAt,
        JSON.stringify(session),
      ]);
      if (act === 'update') await attempt(() => session.update((data) => void data));
      else if (act === 'patch') await attempt(() => session.update({ note: 'x' }));
      else if (act === 'signIn') await attempt(() => session.signIn('alice'));
      else if (act === 'finish') await attempt(() => session.finish('done', { keepUser: true }));
      else if (act !== 'read') await attempt(() => session[act]());
      visit.seal();
    });
  }
  await attempt(async () => {
    for (const { createdAt, signedInAt, lastSeenAt, expiresAt } of await sessions.list('alice')) {
      for (const date of [createdAt, signedInAt, lastSeenAt, expiresAt]) date.toISOString();
    }
  });
  await attempt(() => sessions.revoke('alice', id));
  await attempt(() => sessions.revokeUser('alice'));
  return errors;
}

function expectOnlyOurs(errors: readonly unknown[]): void {
  for (const error of errors) expect(error).toBeInstanceOf(SessionError);
}

describe('a corrupt record', () => {
  const extreme = fc.constantFrom(
    '1e999',
    '-1e999',
    '1e300',
    '-1',
    '0.5',
    '9007199254740991',
    '8.64e15',
    '0',
  );
  const value = fc.oneof(
    extreme,
    fc.constantFrom('null', 'true', '""', '"x"', '[]', '{}', '[[[]]]'),
    fc.json({ maxDepth: 2 }),
  );

  it('throws only the library’s own errors if any value of its header is replaced', {
    timeout: 30_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), value, async (at, replacement) => {
        const setting = await member();
        await corrupt(setting.env, setting.id, ({ body }) => {
          const end = body.indexOf('\n');
          const values = [...body.slice(0, end).matchAll(/-?\d[\d.e+]*|"(?:[^"\\]|\\.)*"/g)];
          const { 0: found = '', index = 0 } = values[at % values.length] ?? {};
          return { body: body.slice(0, index) + replacement + body.slice(index + found.length) };
        });
        expectOnlyOurs(await useAll(setting));
      }),
      { numRuns: 150 },
    );
  });

  it('throws only the library’s own errors if characters are lost or added anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(8), fc.string({ maxLength: 4 }), async (at, lost, added) => {
        const setting = await member();
        await corrupt(setting.env, setting.id, ({ body }) => {
          const from = at % body.length;
          return { body: body.slice(0, from) + added + body.slice(from + lost) };
        });
        expectOnlyOurs(await useAll(setting));
      }),
      { numRuns: 150 },
    );
  });

  it('throws only the library’s own errors if it is the user’s index', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), value, async (at, replacement) => {
        const setting = await member();
        await corrupt(setting.env, userKey('alice'), ({ body }) => {
          const values = [...body.matchAll(/-?\d[\d.e+]*|"(?:[^"\\]|\\.)*"/g)];
          const { 0: found = '', index = 0 } = values[at % values.length] ?? {};
          return { body: body.slice(0, index) + replacement + body.slice(index + found.length) };
        });
        expectOnlyOurs(await useAll(setting));
      }),
      { numRuns: 100 },
    );
  });

  it.for([
    ['null', 'null'],
    ['a number', '7'],
    ['a string', '"cart"'],
    ['cut off', '{"cart":["co'],
    ['nested without end', `{"cart":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ])('with data that is %s throws ERR_DATA_INVALID and can be signed out', async ([, data]) => {
    const { env, browser, id } = await member();
    await corrupt(env, id, ({ body }) => ({ body: body.slice(0, body.indexOf('\n') + 1) + data }));
    const { session, respond } = await browser.load(env.sessions);
    expect(session.userId).toBe('alice');
    expect(() => session.data).toThrow(expect.objectContaining({ code: 'ERR_DATA_INVALID' }));
    await failure(
      session.update((draft) => void draft.cart),
      'ERR_DATA_INVALID',
    );
    await failure(session.update({ note: 'x' }), 'ERR_DATA_INVALID');
    await session.destroy();
    respond();
    expect(await browser.use(env.sessions, ({ id: found }) => found)).toBeUndefined();
  });
});

describe('a store that returns an invalid version', () => {
  it.for([Number.NaN, 1.5, -1, Number.POSITIVE_INFINITY])(
    '%s fails each call instead of repeating it',
    async (version) => {
      const { env, browser } = await member();
      const { read } = env.store;
      env.store.read = async (key) => {
        const record = await read(key);
        return record && { ...record, version };
      };
      const errors = await useAll({ env, browser, id: 'A'.repeat(22) });
      expect(errors.length).toBeGreaterThan(7);
      for (const error of errors) expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    },
  );
});
