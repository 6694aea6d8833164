import express, { type Request } from 'express';
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
    expectTypeOf<Request['session']>().toEqualTypeOf<Session<ShopData>>();
    expectTypeOf<Request['staff']>().toEqualTypeOf<Session<StaffData>>();
    expectTypeOf<Request['session']['data']['cart']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<Request['session']['ended']>().not.toBeAny();
    expectTypeOf<Request['session']['userId']>().toEqualTypeOf<string | undefined>();
  });

  it('is there in a handler', () => {
    express().post('/cart', async (req) => {
      expectTypeOf(req.session).toEqualTypeOf<Session<ShopData>>();
      const count = await req.session.update((data) => data.cart.push('tea'));
      expectTypeOf(count).toEqualTypeOf<number>();
      await req.session.update({ note: 'ring twice' });
    });
  });

  it('cannot be written to', () => {
    express().use((req) => {
      // @ts-expect-error the session is no property to assign to
      req.session = undefined;
      // @ts-expect-error nor are its own
      req.session.userId = 'ada';
      // @ts-expect-error nor is its data
      req.session.data.cart = [];
      // @ts-expect-error at no depth
      req.session.data.cart.push('tea');
    });
  });

  it('refuses a change that would have to wait', () => {
    express().use((req) => {
      // @ts-expect-error an update is one atomic step and cannot wait
      req.session.update(async (data) => data.cart.push('tea'));
      // @ts-expect-error a patch has the properties of the data
      req.session.update({ cat: [] });
    });
  });
});

describe('session()', () => {
  it('takes the sessions that are registered under its name, and no others', () => {
    expectTypeOf(session(shop)).toEqualTypeOf<express.RequestHandler>();
    session(staff, { as: 'staff' });
    // @ts-expect-error req.session is registered with the data of the shop
    session(staff);
    // @ts-expect-error req.staff is registered with the data of the staff
    session(shop, { as: 'staff' });
  });

  it('takes any sessions under a name that is not registered', () => {
    session(shop, { as: 'elsewhere' });
  });

  it('shows the request to the function that decides on passive', () => {
    session(shop, {
      passive: (req) => {
        expectTypeOf(req).toEqualTypeOf<Request>();
        return req.path === '/poll';
      },
    });
    // @ts-expect-error there is no such option
    session(shop, { lasy: true });
  });
});
