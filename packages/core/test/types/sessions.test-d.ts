import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as v from 'valibot';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  type ChangeResult,
  createSessions,
  type DeepReadonly,
  type Json,
  type Jsonable,
  memoryStore,
  type Session,
  SessionError,
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

describe('signIn and reload', () => {
  it('take a lifetime of the session, and resolve to whether there is a session', () => {
    void session.signIn('ada', { idleTimeout: '5m', absoluteTimeout: 3_600_000 });
    void session.signIn('ada', { remember: true, idleTimeout: false });
    // @ts-expect-error true is no duration
    void session.signIn('ada', { idleTimeout: true });
    expectTypeOf(session.reload()).toEqualTypeOf<Promise<boolean>>();
    // @ts-expect-error it takes no callback
    void session.reload(() => {});
  });
});

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

  it('refuses changed data that is returned, since the draft is saved', () => {
    // @ts-expect-error the draft is saved, not what is returned
    void session.update((data) => ({ ...data, note: 'x' }));
    // @ts-expect-error the draft is saved, not what is returned
    void session.update((data) => Object.assign({}, data, { note: 'x' }));
    expectTypeOf(session.update((data) => ({ count: data.cart.length }))).toEqualTypeOf<
      Promise<{ count: number }>
    >();
    expectTypeOf(session.update((data) => data.cart.map(({ sku }) => sku))).toEqualTypeOf<
      Promise<string[]>
    >();
    const untyped = {} as Session<Record<never, never>>;
    expectTypeOf(untyped.update(() => ({ count: 5 }))).toEqualTypeOf<Promise<{ count: number }>>();
  });

  it('says why it refuses', () => {
    expectTypeOf<
      ChangeResult<Promise<void>, ShopData>
    >().toEqualTypeOf<'update() cannot wait: await first, then call update() with a synchronous function'>();
    expectTypeOf<
      ChangeResult<ShopData, ShopData>
    >().toEqualTypeOf<'update() saves the draft and not the returned object: assign to the draft, and return nothing'>();
    expectTypeOf<ChangeResult<number, ShopData>>().toEqualTypeOf<number>();
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

describe('data must be JSON', () => {
  interface Tree {
    name: string;
    children: Tree[];
  }
  type Nested = Tree | Nested[];
  interface Everything {
    nested: Nested;
    texts: string[];
    pair: [count: number, rest: { note?: string }];
    choice: 'a' | 1 | null | undefined;
    prices: Record<string, { cents: number }>;
    tree: Tree;
    json: Json;
    // biome-ignore lint/suspicious/noExplicitAny: an app may have a property of any type.
    anything: any;
    something: unknown;
    readonly fixed: readonly string[];
  }

  it('is JSON as an interface, a type alias, an index or a brand', () => {
    createSessions<Everything>({ store, initial: () => ({}) as Everything });
    createSessions({ store, initial: () => ({}) as Everything });
    createSessions<Record<string, unknown>>({ store, initial: () => ({}) });
    createSessions({ store, schema: z.object({ id: z.string().brand('id').optional() }) });
    expectTypeOf<Everything>().toExtend<Jsonable<Everything>>();
  });

  it('is not a Date, a Map, a Set, a bigint, a function or a class', () => {
    // @ts-expect-error a Date is no JSON
    createSessions({ store, initial: () => ({ when: new Date() }) });
    // @ts-expect-error a Date is no JSON
    createSessions<{ when?: Date }>({ store });
    // @ts-expect-error a Map is no JSON
    createSessions({ store, initial: () => ({ deep: [{ map: new Map<string, number>() }] }) });
    // @ts-expect-error a Set is no JSON
    createSessions<{ set: Set<string> }>({ store, initial: () => ({ set: new Set<string>() }) });
    // @ts-expect-error a bigint is no JSON
    createSessions({ store, initial: () => ({ count: 5n }) });
    // @ts-expect-error a function is no JSON
    createSessions({ store, initial: () => ({ act: () => 5 }) });
    // @ts-expect-error a URL is no JSON
    createSessions({ store, initial: () => ({ page: new URL('https://shop.example') }) });
    // @ts-expect-error a Date is no JSON, whatever it is read from
    createSessions({ store, schema: z.object({ when: z.coerce.date().optional() }) });
  });

  it('says what to store instead', () => {
    expectTypeOf<
      Jsonable<{ when: Date }>['when']
    >().toEqualTypeOf<'not JSON (a Date, a Map, a Set or another class): store plain values instead, such as date.toISOString()'>();
    expectTypeOf<Jsonable<bigint>>().toEqualTypeOf<'not JSON: store a string or a number instead'>();
  });
});

describe('a SessionError', () => {
  it('has its status as a literal, and narrows what it recognises', () => {
    const caught: unknown = undefined;
    if (SessionError.is(caught)) {
      expectTypeOf(caught.code).toEqualTypeOf<SessionErrorCode>();
      expectTypeOf(caught.status).toEqualTypeOf<401 | 403 | 409 | 413 | 500 | 503>();
      expectTypeOf(caught.statusCode).toEqualTypeOf<401 | 403 | 409 | 413 | 500 | 503>();
      expectTypeOf(caught.expose).toEqualTypeOf<false>();
    }
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
