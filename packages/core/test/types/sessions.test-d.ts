import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as v from 'valibot';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  createSessions,
  type DeepReadonly,
  type Json,
  memoryStore,
  type Session,
  type SessionErrorCode,
  type SessionEvent,
  type Sessions,
} from '../../src/index.ts';

interface ShopData {
  cart: { sku: string; tags: string[] }[];
  note?: string;
}

const store = memoryStore();
const initial = (): ShopData => ({ cart: [] });
declare const session: Session<ShopData>;

describe('update', () => {
  it('takes a synchronous function, and resolves to what it returns', () => {
    expectTypeOf(session.update((data) => data.cart.length)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(session.update(() => {})).toEqualTypeOf<Promise<void>>();
    expectTypeOf(session.update((data) => data.cart.push({ sku: 'a', tags: [] }))).toEqualTypeOf<
      Promise<number>
    >();
  });

  it('hands it a draft to alter', () => {
    void session.update((data) => {
      expectTypeOf(data).toEqualTypeOf<ShopData>();
    });
  });

  it('refuses a promise', () => {
    // @ts-expect-error the change cannot wait
    void session.update(async () => {});
    // @ts-expect-error the change cannot wait
    void session.update(async (data) => data.cart.length);
    // @ts-expect-error the change cannot wait
    void session.update(() => Promise.resolve(5));
    // @ts-expect-error the change may not wait either
    void session.update((): number | Promise<number> => 5);
  });

  it('takes a patch of known properties', () => {
    expectTypeOf(session.update({ note: 'x' })).toEqualTypeOf<Promise<void>>();
    expectTypeOf(session.update({})).toEqualTypeOf<Promise<void>>();
    // @ts-expect-error there is no such property
    void session.update({ views: 1 });
    // @ts-expect-error the property is of another type
    void session.update({ note: 5 });
    // @ts-expect-error nothing is no change
    void session.update(undefined);
  });
});

describe('data', () => {
  it('is read-only down to its leaves', () => {
    expectTypeOf(session.data).toEqualTypeOf<{
      readonly cart: readonly { readonly sku: string; readonly tags: readonly string[] }[];
      readonly note?: string;
    }>();
    // @ts-expect-error a session's data is changed by update
    session.data.note = 'x';
    // @ts-expect-error a session's data is changed by update
    session.data.cart.push({ sku: 'a', tags: [] });
    // @ts-expect-error a session's data is changed by update
    session.data.cart[0].sku = 'a';
    // @ts-expect-error a session's properties cannot be assigned
    session.userId = 'alice';
    // @ts-expect-error there is no such property
    session.views = 1;
  });

  it('keeps tuples, unions and functions', () => {
    expectTypeOf<DeepReadonly<{ pair: [a: number, b: { c: string }] }>>().toEqualTypeOf<{
      readonly pair: readonly [a: number, b: { readonly c: string }];
    }>();
    expectTypeOf<DeepReadonly<{ a: 'x' | 1 | null }>>().toEqualTypeOf<{ readonly a: 'x' | 1 | null }>();
    expectTypeOf<DeepReadonly<{ f: () => number }>>().toEqualTypeOf<{ readonly f: () => number }>();
  });
});

describe('createSessions infers Data', () => {
  it('from initial', () => {
    expectTypeOf(createSessions({ store, initial })).toEqualTypeOf<Sessions<ShopData>>();
    expectTypeOf(createSessions({ store, initial: () => ({ views: 0 }) })).toEqualTypeOf<
      Sessions<{ views: number }>
    >();
  });

  it('from a schema’s output', () => {
    const zod = z.object({ cart: z.array(z.string()), currency: z.string().default('EUR') });
    expectTypeOf(
      createSessions({ store, schema: zod, initial: () => ({ cart: [], currency: 'SEK' }) }),
    ).toEqualTypeOf<Sessions<{ cart: string[]; currency: string }>>();
    const valibot = v.object({ cart: v.array(v.string()), currency: v.optional(v.string(), 'EUR') });
    expectTypeOf(
      createSessions({ store, schema: valibot, initial: () => ({ cart: [], currency: 'SEK' }) }),
    ).toEqualTypeOf<Sessions<{ cart: string[]; currency: string }>>();
  });

  it('from a type argument', () => {
    expectTypeOf(createSessions<ShopData>({ store, initial })).toEqualTypeOf<Sessions<ShopData>>();
    expectTypeOf(createSessions<{ note?: string }>({ store })).toEqualTypeOf<Sessions<{ note?: string }>>();
  });
});

describe('initial', () => {
  it('may be left out where {} is a Data', () => {
    createSessions({ store });
    createSessions<{ note?: string }>({ store });
    createSessions({ store, schema: z.object({ note: z.string().optional() }) });
  });

  it('is required where {} is none', () => {
    // @ts-expect-error initial is missing
    createSessions<ShopData>({ store });
    // @ts-expect-error initial is missing
    createSessions({ store, schema: z.object({ cart: z.array(z.string()) }) });
    // @ts-expect-error initial is missing: a default fills in what is loaded, not what is begun
    createSessions({ store, schema: z.object({ cart: z.array(z.string()).default([]) }) });
  });

  it('must give a Data', () => {
    // @ts-expect-error cart is missing
    createSessions<ShopData>({ store, initial: () => ({}) });
    // @ts-expect-error it cannot be waited for
    createSessions<ShopData>({ store, initial: async () => ({ cart: [] }) });
  });
});

describe('options', () => {
  it('are known by name and type', () => {
    // @ts-expect-error there is no such option
    createSessions({ store, ttl: 5 });
    // @ts-expect-error a store is missing
    createSessions({});
    // @ts-expect-error 'always' is neither
    createSessions({ store, grant: 'always' });
    // @ts-expect-error a function that decides on a client cannot wait
    createSessions({ store, onClientChange: async () => 'report' as const });
    createSessions({ store, idleTimeout: false, absoluteTimeout: '400d', renewAfter: 5000, secrets: [] });
  });

  it('a schema must give an object', () => {
    // @ts-expect-error data is an object
    createSessions({ store, schema: z.string() });
  });

  it('any Standard Schema is one', () => {
    const schema = {} as StandardSchemaV1<unknown, { note?: string }>;
    expectTypeOf(createSessions({ store, schema })).toEqualTypeOf<Sessions<{ note?: string }>>();
  });
});

describe('finish', () => {
  it('takes a receipt that is JSON, or a function of the data', () => {
    expectTypeOf(session.finish()).toEqualTypeOf<Promise<boolean>>();
    void session.finish({ order: 7 }, { keepUser: true });
    void session.finish((data) => {
      expectTypeOf(data).toEqualTypeOf<DeepReadonly<ShopData>>();
      return { items: data.cart.map(({ sku }) => sku) };
    });
    // @ts-expect-error a Date is no JSON
    void session.finish(new Date());
    // @ts-expect-error a promise is no JSON
    void session.finish(async () => 5);
    expectTypeOf(session.ended?.receipt).toEqualTypeOf<Json | undefined>();
  });
});

describe('events and errors', () => {
  it('are closed unions that a switch can exhaust', () => {
    const tell = (event: SessionEvent): string => {
      if (event.type === 'refused') return event.reason;
      if (event.type === 'revoked') return event.by;
      // @ts-expect-error a granted session has no reason
      return event.reason;
    };
    expectTypeOf(tell).returns.toEqualTypeOf<string>();
    expectTypeOf<'ERR_SESSION_ENDED'>().toExtend<SessionErrorCode>();
    // @ts-expect-error there is no such code
    const code: SessionErrorCode = 'ERR_OTHER';
    void code;
  });
});
