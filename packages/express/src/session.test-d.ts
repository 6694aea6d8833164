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
  it('has the registered data type, without any', () => {
    expectTypeOf<Request['session']>().toEqualTypeOf<Session<ShopData>>();
    expectTypeOf<Request['staff']>().toEqualTypeOf<Session<StaffData>>();
    expectTypeOf<Request['session']['data']['cart']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<Request['session']['ended']>().not.toBeAny();
    expectTypeOf<Request['session']['userId']>().toEqualTypeOf<string | undefined>();
  });

  it('is available in a handler', () => {
    express().post('/cart', async (req) => {
      expectTypeOf(req.session).toEqualTypeOf<Session<ShopData>>();
      const count = await req.session.update((data) => data.cart.push('tea'));
      expectTypeOf(count).toEqualTypeOf<number>();
      await req.session.update({ note: 'ring twice' });
    });
  });

  it('is read-only', () => {
    express().use((req) => {
      // @ts-expect-error the session cannot be assigned
      req.session = undefined;
      // @ts-expect-error its properties cannot be assigned
      req.session.userId = 'ada';
      // @ts-expect-error its data cannot be assigned
      req.session.data.cart = [];
      // @ts-expect-error the data is read-only at every depth
      req.session.data.cart.push('tea');
    });
  });

  it('rejects an asynchronous change', () => {
    express().use((req) => {
      // @ts-expect-error an update is one atomic step, so its function cannot be async
      req.session.update(async (data) => data.cart.push('tea'));
      // @ts-expect-error a patch can only have properties of the data
      req.session.update({ cat: [] });
    });
  });
});

describe('session()', () => {
  it('accepts only the sessions registered under its name', () => {
    expectTypeOf(session(shop)).toEqualTypeOf<express.RequestHandler>();
    session(staff, { as: 'staff' });
    // @ts-expect-error req.session is registered with the shop's data
    session(staff);
    // @ts-expect-error req.staff is registered with the staff's data
    session(shop, { as: 'staff' });
  });

  it('accepts any sessions under a name that is not registered', () => {
    session(shop, { as: 'elsewhere' });
  });

  it('passes the request to the passive function', () => {
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
