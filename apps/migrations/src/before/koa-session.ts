import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import session from 'koa-session';
import { records } from '../records.ts';
import { shop } from '../shop.ts';

export const app = new Koa();
app.keys = [process.env.SESSION_KEY ?? 'a key for development'];
app.use(
  session(
    {
      store: { get: (key) => records.get(key), set: records.set, destroy: records.delete },
      maxAge: 30 * 60_000,
      rolling: true,
    },
    app,
  ),
);
app.use(bodyParser());

const router = new Router();
router.get('/', (ctx) => {
  ctx.body = { user: ctx.session.user ?? null, cart: ctx.session.cart ?? [] };
});

router.post('/cart/:sku', async (ctx) => {
  const { sku = '' } = ctx.params;
  if (!(await shop.hasInStock(sku))) return ctx.throw(404);
  ctx.session.cart = [...(ctx.session.cart ?? []), sku];
  ctx.status = 303;
  ctx.redirect('/');
});

router.post('/sign-in', async (ctx) => {
  const { name, password } = Object(ctx.request.body);
  if (!(await shop.isPassword(name, password))) return ctx.throw(401);
  ctx.session.user = name;
  await ctx.session.regenerate();
  ctx.status = 303;
  ctx.redirect('/');
});

router.post('/sign-out', (ctx) => {
  ctx.session = null;
  ctx.status = 303;
  ctx.redirect('/');
});
app.use(router.routes());
