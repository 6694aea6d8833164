import { type Context, Hono } from 'hono';
import { describe, expectTypeOf, it } from 'vitest';
import { createSessions, memoryStore, type Session, type SessionVariables, session } from './index.ts';

interface ShopData {
  cart: string[];
  note?: string;
}

interface StaffData {
  desk: number;
}

const shop = createSessions<ShopData>({ store: memoryStore(), initial: () => ({ cart: [] }) });
const staff = createSessions<StaffData>({ store: memoryStore(), initial: () => ({ desk: 0 }) });

describe('c.var.session', () => {
  it('infers the data type in the handlers that follow', () => {
    new Hono()
      .use(session(shop))
      .use(session(staff, { as: 'staff' }))
      .post('/cart', async (c) => {
        expectTypeOf(c.var.session).toEqualTypeOf<Session<ShopData>>();
        expectTypeOf(c.var.staff).toEqualTypeOf<Session<StaffData>>();
        expectTypeOf(c.get('session')).toEqualTypeOf<Session<ShopData>>();
        const count = await c.var.session.update((data) => data.cart.push('tea'));
        expectTypeOf(count).toEqualTypeOf<number>();
        await c.var.session.update({ note: 'ring twice' });
        return c.json({ count });
      });
  });

  it('has the data type that the app declares in its Variables, without any', () => {
    const app = new Hono<{ Variables: SessionVariables<ShopData> & SessionVariables<StaffData, 'staff'> }>();
    app.use(session(shop));
    app.use(session(staff, { as: 'staff' }));
    app.get('/', (c) => {
      expectTypeOf(c.var.session.data).toEqualTypeOf<{
        readonly cart: readonly string[];
        readonly note?: string;
      }>();
      expectTypeOf(c.var.session.ended).not.toBeAny();
      expectTypeOf(c.var.staff.data.desk).toEqualTypeOf<number>();
      return c.text('');
    });
  });

  it('is read-only', () => {
    new Hono().use(session(shop)).get('/', (c) => {
      // @ts-expect-error the properties of a session cannot be assigned
      c.var.session.userId = 'ada';
      // @ts-expect-error the data is read-only at every depth
      c.var.session.data.cart.push('tea');
      return c.text('');
    });
  });

  it('rejects an asynchronous change', () => {
    new Hono().use(session(shop)).get('/', (c) => {
      // @ts-expect-error an update is one atomic step, so its function cannot be async
      c.var.session.update(async (data) => data.cart.push('tea'));
      // @ts-expect-error a patch can only have properties of the data
      c.var.session.update({ cat: [] });
      return c.text('');
    });
  });
});

describe('session()', () => {
  it('passes the context to its functions', () => {
    session(shop, {
      ip: (c) => {
        expectTypeOf(c).toEqualTypeOf<Context>();
        return c.req.header('x-real-ip');
      },
      passive: (c) => c.req.path === '/poll',
    });
    // @ts-expect-error there is no such option
    session(shop, { lasy: true });
  });
});
