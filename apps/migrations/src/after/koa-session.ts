import { createSessions, migrateKoaSession, session } from '@coatcheck/koa';
import { sqliteStore } from '@coatcheck/sqlite';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import { records } from '../records.ts';
import { shop } from '../shop.ts';

interface ShopData {
  cart: string[];
}

declare module '@coatcheck/koa' {
  interface Register {
    session: ShopData;
  }
}

const sessions = createSessions<ShopData>({
  store: sqliteStore(process.env.SESSIONS_DB ?? 'sessions.db'),
  initial: () => ({ cart: [] }),
});

export const app = new Koa();
app.keys = [process.env.SESSION_KEY ?? 'a key for development'];
app.use(
  migrateKoaSession(sessions, {
    store: { get: records.get, destroy: records.delete },
    restore: ({ user, cart = [] }) => ({
      userId: user as string | undefined,
      data: { cart: cart as string[] },
    }),
  }),
);
app.use(session(sessions));
app.use(bodyParser());

const router = new Router();
router.get('/', (ctx) => {
  ctx.body = { user: ctx.session.userId ?? null, cart: ctx.session.data.cart };
});

router.post('/cart/:sku', async (ctx) => {
  const { sku = '' } = ctx.params;
  if (!(await shop.hasInStock(sku))) return ctx.throw(404);
  await ctx.session.update((data) => {
    data.cart.push(sku);
  });
  ctx.status = 303;
  ctx.redirect('/');
});

router.post('/sign-in', async (ctx) => {
  const { name, password } = Object(ctx.request.body);
  if (!(await shop.isPassword(name, password))) return ctx.throw(401);
  await ctx.session.signIn(name);
  ctx.status = 303;
  ctx.redirect('/');
});

router.post('/sign-out', async (ctx) => {
  await ctx.session.destroy();
  ctx.status = 303;
  ctx.redirect('/');
});
app.use(router.routes());
