import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod3';
import { createSessions } from '../../src/sessions.ts';
import { Browser } from '../support/browser.ts';
import { failure, thrown } from '../support/set-up.ts';
import { type WatchedStore, watchedStore } from '../support/watched-store.ts';

interface Data {
  cart: { sku: string; quantity: number }[];
  currency: string;
}

const SCHEMAS: readonly (readonly [string, StandardSchemaV1<unknown, Data>])[] = [
  [
    'zod 4',
    z.object({
      cart: z.array(z.object({ sku: z.string().trim(), quantity: z.number().int().positive() })),
      currency: z.string().default('EUR'),
    }),
  ],
  [
    'zod 3',
    z3.object({
      cart: z3.array(z3.object({ sku: z3.string().trim(), quantity: z3.number().int().positive() })),
      currency: z3.string().default('EUR'),
    }),
  ],
  [
    'arktype',
    type({
      cart: type({ sku: 'string.trim', quantity: 'number.integer > 0' }).array(),
      currency: "string = 'EUR'",
      '+': 'delete',
    }),
  ],
  [
    'valibot',
    v.object({
      cart: v.array(
        v.object({
          sku: v.pipe(v.string(), v.trim()),
          quantity: v.pipe(v.number(), v.integer(), v.minValue(1)),
        }),
      ),
      currency: v.optional(v.string(), 'EUR'),
    }),
  ],
];

interface Address {
  city: string;
  lines: string[];
}

/** Schemas that return one and the same object for every session without an address. */
const SHARED_DEFAULTS: readonly (readonly [
  string,
  (kept: Address) => StandardSchemaV1<unknown, { address: Address }>,
])[] = [
  [
    'default() of zod 4',
    (kept) => z.object({ address: z.object({ city: z.string(), lines: z.array(z.string()) }).default(kept) }),
  ],
  [
    'catch() of zod 4',
    (kept) => z.object({ address: z.object({ city: z.string(), lines: z.array(z.string()) }).catch(kept) }),
  ],
  [
    'catch() of zod 3',
    (kept) =>
      z3.object({ address: z3.object({ city: z3.string(), lines: z3.array(z3.string()) }).catch(kept) }),
  ],
  [
    'default() of zod 3',
    (kept) => z3.object({ address: z3.custom<Address>((value) => value !== undefined).default(kept) }),
  ],
  [
    'fallback() of valibot',
    (kept) =>
      v.object({ address: v.fallback(v.object({ city: v.string(), lines: v.array(v.string()) }), kept) }),
  ],
  [
    'a default of arktype',
    (kept) =>
      type({ address: [type({ city: 'string', lines: 'string[]' }), '=', () => kept] }) as StandardSchemaV1<
        unknown,
        { address: Address }
      >,
  ],
];

const COAT = { sku: 'coat', quantity: 1 };
const initial = (): Data => ({ cart: [], currency: 'EUR' });
/** Data that the schema rejects, passed against the types. */
const WRONG = { cart: [COAT, { sku: 'SECRET-SKU', quantity: -77_001 }] };

/** A browser whose session was written without any schema. */
async function shopperWith(store: WatchedStore, data: object): Promise<Browser> {
  const browser = new Browser();
  const sessions = createSessions({ store, initial: () => data });
  await browser.use(sessions, (session) => session.update({}));
  store.forget();
  return browser;
}

describe.for(SCHEMAS)('with %s', ([, schema]) => {
  const sessionsOver = (store: WatchedStore) => createSessions({ store, schema, initial });

  it('writes and reads data that fits', async () => {
    const sessions = sessionsOver(watchedStore());
    const browser = new Browser();
    await browser.use(sessions, (session) => session.update({ cart: [COAT] }));
    expect(await browser.use(sessions, ({ data }) => data)).toEqual({ cart: [COAT], currency: 'EUR' });
  });

  it('rejects a write of data that does not fit, and names the path but not the value', async () => {
    const store = watchedStore();
    const sessions = sessionsOver(store);
    const browser = new Browser();
    const { session } = await browser.load(sessions);
    const { message, status } = await failure(session.update(WRONG), 'ERR_DATA_INVALID');
    expect(message).toContain('does not fit the schema as it was written, at data.cart[1].quantity.');
    expect(message).not.toContain('SECRET-SKU');
    expect(message).not.toContain('77');
    expect(status).toBe(500);
    expect(store.calls).toEqual([]);
    await session.update({ cart: [COAT] });
    store.forget();
    await failure(session.update(WRONG), 'ERR_DATA_INVALID');
    await failure(
      session.update((data) => {
        data.currency = 5 as unknown as string;
      }),
      'ERR_DATA_INVALID',
    );
    expect(store.writes).toBe(0);
    expect(session.data.cart).toEqual([COAT]);
  });

  it('completes data of an older shape with the schema’s defaults', async () => {
    const store = watchedStore();
    const browser = await shopperWith(store, { cart: [COAT], forgotten: 'field' });
    const sessions = sessionsOver(store);
    const data = await browser.use(sessions, (session) => session.data);
    expect(data).toEqual({ cart: [COAT], currency: 'EUR' });
    await browser.use(sessions, (session) =>
      session.update(({ cart, currency }) => {
        expect(currency).toBe('EUR');
        cart.push({ sku: 'hat', quantity: 2 });
      }),
    );
    const plain = createSessions({ store, initial });
    expect(await browser.use(plain, (session) => session.data)).toEqual({
      cart: [COAT, { sku: 'hat', quantity: 2 }],
      currency: 'EUR',
      // Unknown to this schema, perhaps of a newer one: kept.
      forgotten: 'field',
    });
  });

  it('writes the output of the schema', async () => {
    const sessions = sessionsOver(watchedStore());
    const browser = new Browser();
    await browser.use(sessions, (session) => session.update({ cart: [{ sku: '  coat ', quantity: 1 }] }));
    expect(await browser.use(sessions, ({ data }) => data.cart)).toEqual([COAT]);
    await browser.use(sessions, (session) => session.update({ cart: [{ sku: ' hat', quantity: 1 }] }));
    expect(await browser.use(sessions, ({ data }) => data.cart[0]?.sku)).toBe('hat');
  });

  it('throws at the first access to stored data that does not fit; the rest of the session works', async () => {
    const store = watchedStore();
    const browser = await shopperWith(store, { cart: 'SECRET-CART' });
    const sessions = sessionsOver(store);
    const { session } = await browser.load(sessions);
    for (let i = 0; i < 2; i += 1) {
      const { message } = thrown(() => session.data, 'ERR_DATA_INVALID');
      expect(message).toContain('does not fit the schema as it was loaded, at data.cart.');
      expect(message).not.toContain('SECRET-CART');
    }
    await failure(session.update({ currency: 'SEK' }), 'ERR_DATA_INVALID');
    await failure(
      session.finish((data) => data.currency),
      'ERR_DATA_INVALID',
    );
    expect(session.id).toBeDefined();
    await session.signIn('alice');
    expect(session.userId).toBe('alice');
    await session.destroy();
    expect(session.data).toEqual(initial());
  });

  it('does not validate data that the sign-in of another user drops', async () => {
    const store = watchedStore();
    const browser = await shopperWith(store, { cart: 'SECRET-CART' });
    const sessions = sessionsOver(store);
    const { session } = await browser.load(sessions);
    await session.signIn('alice');
    await session.signIn('bob');
    expect(session.data).toEqual(initial());
  });
});

describe.for(SHARED_DEFAULTS)('a default that %s keeps as one object', ([, schemaOf]) => {
  it('reaches no other session, is not frozen, and can be written', async () => {
    const kept: Address = { city: 'Uppsala', lines: ['Torget 1'] };
    const store = watchedStore();
    // Sessions that were written before the schema had an address.
    const [alice, bob] = [await shopperWith(store, {}), await shopperWith(store, {})];
    const sessions = createSessions({ store, schema: schemaOf(kept), initial: () => ({ address: kept }) });
    await alice.use(sessions, (session) =>
      session.update(({ address }) => {
        address.city = 'Alingsås';
        address.lines.push('c/o Alice');
      }),
    );
    await bob.use(sessions, async (session) => {
      expect(session.data).toEqual({ address: { city: 'Uppsala', lines: ['Torget 1'] } });
      await session.update(({ address }) => address.lines.push('c/o Bob'));
    });
    expect(kept).toEqual({ city: 'Uppsala', lines: ['Torget 1'] });
    expect(Object.isFrozen(kept)).toBe(false);
    expect(await alice.use(sessions, ({ data }) => data.address.lines)).toEqual(['Torget 1', 'c/o Alice']);
    expect(await bob.use(sessions, ({ data }) => data.address.lines)).toEqual(['Torget 1', 'c/o Bob']);
  });
});

it('keeps properties of a newer schema that an older deployment does not know', async () => {
  const store = watchedStore();
  const newer = createSessions({
    store,
    schema: z.object({ cart: z.array(z.string()), gift: z.string().optional() }),
    initial: () => ({ cart: [] }),
  });
  const older = createSessions({
    store,
    schema: z.object({ cart: z.array(z.string()) }),
    initial: () => ({ cart: [] }),
  });
  const browser = new Browser();
  await browser.use(newer, (session) => session.update({ gift: 'wrapped' }));
  expect(await browser.use(older, ({ data }) => data)).toEqual({ cart: [] });
  await browser.use(older, (session) => session.update(({ cart }) => cart.push('coat')));
  await browser.use(older, (session) => session.update({ cart: ['coat', 'hat'] }));
  expect(await browser.use(newer, ({ data }) => data)).toEqual({ cart: ['coat', 'hat'], gift: 'wrapped' });
  const strict = createSessions({
    store,
    schema: z.strictObject({ cart: z.array(z.string()) }),
    initial: () => ({ cart: [] }),
  });
  await failure(
    browser.use(strict, (session) => session.update({ cart: [] })),
    'ERR_DATA_INVALID',
  );
});

it('validates data at its first access, so that reading only userId costs nothing', async () => {
  let checks = 0;
  const schema: StandardSchemaV1<unknown, Data> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => {
        checks += 1;
        return { value: value as Data };
      },
    },
  };
  const sessions = createSessions({ store: watchedStore(), schema, initial });
  const browser = new Browser();
  await browser.use(sessions, (session) => session.signIn('alice'));
  checks = 0;
  const { session } = await browser.load(sessions);
  expect(session.userId).toBe('alice');
  expect(checks).toBe(0);
  expect(session.data).toBe(session.data);
  expect(checks).toBe(1);
});

describe('an asynchronous schema throws ERR_CONFIG', () => {
  it.for<[string, StandardSchemaV1<unknown, Data>]>([
    [
      'zod',
      z
        .object({ cart: z.array(z.object({ sku: z.string(), quantity: z.number() })), currency: z.string() })
        .refine(() => Promise.resolve(true)),
    ],
    [
      'valibot',
      v.pipeAsync(
        v.object({
          cart: v.array(v.object({ sku: v.string(), quantity: v.number() })),
          currency: v.string(),
        }),
        v.checkAsync(() => Promise.resolve(true)),
      ),
    ],
    [
      'one that rejects',
      {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: () => Promise.reject(new Error('nobody waits for it')),
        },
      },
    ],
  ])('%s', async ([, schema]) => {
    const store = watchedStore();
    const sessions = createSessions({ store, schema, initial });
    const { session } = await new Browser().load(sessions);
    const { message } = await failure(session.update({ currency: 'SEK' }), 'ERR_CONFIG');
    expect(message).toContain('The schema validates asynchronously');
    expect(store.calls).toEqual([]);
  });
});

it('formats paths of objects, numbers and symbols alike, each once', async () => {
  const path = ['cart', { key: 0 }, { key: 'sku' }, Symbol('mark')];
  const schema: StandardSchemaV1<unknown, Data> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => ({
        issues: [{ message: 'SECRET', path }, { message: 'SECRET', path }, { message: 'SECRET' }],
      }),
    },
  };
  const sessions = createSessions({ store: watchedStore(), schema, initial });
  const { session } = await new Browser().load(sessions);
  const { message } = await failure(session.update({ currency: 'SEK' }), 'ERR_DATA_INVALID');
  expect(message).toContain('at data.cart[0].sku.Symbol(mark), data. Give');
  expect(message).not.toContain('SECRET');
});
