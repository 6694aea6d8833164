import Koa, { type Context, type ExtendableContext } from 'koa';
import { describe, expectTypeOf, it } from 'vitest';
import { createSessions, memoryStore, type Session, session } from './index.ts';

interface ShopData {
  cart: string[];
  note?: string;
}

interface StaffData {
  desk: number;
}

declare module './index.ts' {
  interface Register {
    session: ShopData;
    staff: StaffData;
  }
}

const shop = createSessions<ShopData>({ store: memoryStore(), initial: () => ({ cart: [] }) });
const staff = createSessions<StaffData>({ store: memoryStore(), initial: () => ({ desk: 0 }) });

describe('a registered session', () => {
  it('has the registered data type, without any', () => {
    expectTypeOf<Context['session']>().toEqualTypeOf<Session<ShopData>>();
    expectTypeOf<Context['staff']>().toEqualTypeOf<Session<StaffData>>();
    expectTypeOf<Context['session']['data']['cart']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<Context['session']['ended']>().not.toBeAny();
    expectTypeOf<Context['session']['userId']>().toEqualTypeOf<string | undefined>();
  });

  it('is available in a middleware', () => {
    new Koa().use(session(shop)).use(async (ctx) => {
      expectTypeOf(ctx.session).toEqualTypeOf<Session<ShopData>>();
      const count = await ctx.session.update((data) => data.cart.push('tea'));
      expectTypeOf(count).toEqualTypeOf<number>();
      await ctx.session.update({ note: 'ring twice' });
    });
  });

  it('is read-only', () => {
    new Koa().use((ctx) => {
      // @ts-expect-error the session cannot be assigned
      ctx.session = undefined;
      // @ts-expect-error its properties cannot be assigned
      ctx.session.userId = 'ada';
      // @ts-expect-error the data is read-only at every depth
      ctx.session.data.cart.push('tea');
    });
  });

  it('rejects an asynchronous change', () => {
    new Koa().use((ctx) => {
      // @ts-expect-error an update is one atomic step, so its function cannot be async
      ctx.session.update(async (data) => data.cart.push('tea'));
      // @ts-expect-error a patch can only have properties of the data
      ctx.session.update({ cat: [] });
    });
  });
});

describe('session()', () => {
  it('accepts only the sessions registered under its name', () => {
    session(staff, { as: 'staff' });
    // @ts-expect-error ctx.session is registered with the shop's data
    session(staff);
    // @ts-expect-error ctx.staff is registered with the staff's data
    session(shop, { as: 'staff' });
  });

  it('passes the context to the passive function', () => {
    session(shop, {
      passive: (ctx) => {
        expectTypeOf(ctx).toEqualTypeOf<ExtendableContext>();
        return ctx.path === '/poll';
      },
    });
    // @ts-expect-error there is no such option
    session(shop, { lasy: true });
  });
});
