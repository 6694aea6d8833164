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
  it('has the data of its name, and no any', () => {
    expectTypeOf<Context['session']>().toEqualTypeOf<Session<ShopData>>();
    expectTypeOf<Context['staff']>().toEqualTypeOf<Session<StaffData>>();
    expectTypeOf<Context['session']['data']['cart']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<Context['session']['ended']>().not.toBeAny();
    expectTypeOf<Context['session']['userId']>().toEqualTypeOf<string | undefined>();
  });

  it('is there in a middleware', () => {
    new Koa().use(session(shop)).use(async (ctx) => {
      expectTypeOf(ctx.session).toEqualTypeOf<Session<ShopData>>();
      const count = await ctx.session.update((data) => data.cart.push('tea'));
      expectTypeOf(count).toEqualTypeOf<number>();
      await ctx.session.update({ note: 'ring twice' });
    });
  });

  it('cannot be written to', () => {
    new Koa().use((ctx) => {
      // @ts-expect-error the session is no property to assign to
      ctx.session = undefined;
      // @ts-expect-error nor are its own
      ctx.session.userId = 'ada';
      // @ts-expect-error nor is its data, at any depth
      ctx.session.data.cart.push('tea');
    });
  });

  it('refuses a change that would have to wait', () => {
    new Koa().use((ctx) => {
      // @ts-expect-error an update is one atomic step and cannot wait
      ctx.session.update(async (data) => data.cart.push('tea'));
      // @ts-expect-error a patch has the properties of the data
      ctx.session.update({ cat: [] });
    });
  });
});

describe('session()', () => {
  it('takes the sessions that are registered under its name, and no others', () => {
    session(staff, { as: 'staff' });
    // @ts-expect-error ctx.session is registered with the data of the shop
    session(staff);
    // @ts-expect-error ctx.staff is registered with the data of the staff
    session(shop, { as: 'staff' });
  });

  it('shows the context to the function that decides on passive', () => {
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
