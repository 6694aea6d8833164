import { type Context, Hono } from 'hono';
import { describe, expectTypeOf, it } from 'vitest';
import {
  createSessions,
  memoryStore,
  perBinding,
  type Session,
  type SessionVariables,
  session,
} from './index.ts';

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

interface Database {
  prepare(sql: string): unknown;
}
interface AppEnv {
  Bindings: { DB: Database };
  Variables: SessionVariables<ShopData>;
}

describe('session() with a function of the context', () => {
  const sessionsOf = perBinding((_db: Database) => shop);

  it('rejects a misspelt binding and one of another type', () => {
    const app = new Hono<AppEnv>();
    app.use(session((c: Context<AppEnv>) => sessionsOf(c.env.DB)));
    // @ts-expect-error there is no such binding
    app.use(session((c: Context<AppEnv>) => sessionsOf(c.env.BD)));
    // @ts-expect-error the whole environment is no binding
    app.use(session((c: Context<AppEnv>) => sessionsOf(c.env)));
  });

  it('passes the same context to the options', () => {
    session((c: Context<AppEnv>) => sessionsOf(c.env.DB), {
      passive: (c) => {
        expectTypeOf(c.env).toEqualTypeOf<{ DB: Database }>();
        return false;
      },
      ip: (c) => {
        // @ts-expect-error there is no such binding
        return String(c.env.BD);
      },
      waitUntil: (_promise, c) => expectTypeOf(c.env.DB).toEqualTypeOf<Database>(),
    });
  });

  it('accepts a context without a type argument, whose bindings are any', () => {
    new Hono<AppEnv>().use(session((c) => sessionsOf(c.env.DB), { ip: (c) => c.req.header('x-real-ip') }));
    new Hono<AppEnv>().use(session((c: Context) => sessionsOf(c.env.DB)));
    new Hono<AppEnv>().use(session(({ env }: { env: AppEnv['Bindings'] }) => sessionsOf(env.DB)));
    new Hono<AppEnv>().use(session<ShopData>((c) => sessionsOf(c.env.DB)));
    session<ShopData, 'shop'>(() => shop, { as: 'shop' });
  });

  it('keeps the type of c.var.session and of the bindings in the handlers that follow', () => {
    new Hono<{ Bindings: { DB: Database } }>()
      .use(session((c: Context<{ Bindings: { DB: Database } }>) => sessionsOf(c.env.DB)))
      .use(
        '/staff/*',
        session(() => staff, { as: 'staff' }),
      )
      .get('/', (c) => {
        expectTypeOf(c.var.session).toEqualTypeOf<Session<ShopData>>();
        expectTypeOf(c.var.staff).toEqualTypeOf<Session<StaffData>>();
        expectTypeOf(c.env.DB).toEqualTypeOf<Database>();
        return c.text('');
      });
  });
});
