// The shop on Koa, with its sessions in Redis if REDIS_URL is set, otherwise in SQLite. This file contains everything that is specific to the framework.

import { createServer } from 'node:http';
import { createSessions, session } from '@coatcheck/koa';
import {
  accountPage,
  addToCart,
  announce,
  cartPage,
  cataloguePage,
  emptyData,
  endOtherSessions,
  endSession,
  findAsset,
  helpPage,
  MAX_BODY_BYTES,
  openDatabase,
  orderPage,
  type Reply,
  readSettings,
  Shop,
  type ShopData,
  ShopError,
  sessionOptions,
  setQuantity,
  signIn,
  signInPage,
  signOut,
  troublePage,
  type View,
  watchStore,
} from '@coatcheck/shop-common';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import { openStore } from './store.ts';

// Declares the session's data, which types ctx.session.
declare module '@coatcheck/koa' {
  interface Register {
    session: ShopData;
  }
}

const settings = readSettings(process.env);
const database = openDatabase(settings.dataDir);
const opened = await openStore(settings.redisUrls, database);
const store = watchStore(opened.store);
const shop = new Shop({ settings, database, store });
const sessions = createSessions<ShopData>({
  store,
  initial: emptyData,
  onEvent: (event) => shop.hear(event),
  ...sessionOptions(settings),
});

const app = new Koa();

app.use(async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    await show(ctx, troublePage(error, ctx.session));
  }
});

// Routes that need no session come before it.
app.use(async (ctx, next) => {
  const asset = ctx.path.startsWith('/assets/') ? findAsset(ctx.path.slice('/assets/'.length)) : undefined;
  if (asset === undefined) await next();
  else send(ctx, { status: 200, ...asset });
});
const open = new Router();
open.get('/help', (ctx) => show(ctx, helpPage(settings)));
app.use(open.routes());

app.use(bodyParser({ formLimit: `${MAX_BODY_BYTES}b`, jsonLimit: `${MAX_BODY_BYTES}b` }));
app.use(session(sessions));
app.use(async (ctx, next) => {
  await shop.arrive(ctx.session, ctx);
  await next();
});

const router = new Router();

router.get('/', (ctx) => show(ctx, cataloguePage()));

router.get('/cart', (ctx) => show(ctx, cartPage(ctx.session)));
router.post('/cart', async (ctx) => {
  lead(ctx, await addToCart(ctx.session, ctx.request.body));
});
router.post('/cart/:sku', async (ctx) => {
  lead(ctx, await setQuantity(ctx.session, ctx.params['sku'] ?? '', ctx.request.body));
});

router.get('/sign-in', (ctx) => show(ctx, signInPage(ctx.session)));
router.post('/sign-in', async (ctx) => {
  const user = await shop.authenticate(ctx.request.body, ctx.ip);
  lead(ctx, await signIn(ctx.session, user, ctx.request.body));
});
router.post('/sign-out', async (ctx) => {
  lead(ctx, await signOut(ctx.session));
});

router.get('/account', async (ctx) => {
  const user = shop.requireUser(ctx.session);
  const summaries = await sessions.list(user.id);
  const orders = shop.ordersOf(user);
  await show(ctx, accountPage({ user, session: ctx.session, summaries, orders }));
});
router.post('/account/sessions/revoke-others', async (ctx) => {
  lead(ctx, await endOtherSessions(sessions, ctx.session, shop.requireUser(ctx.session)));
});
router.post('/account/sessions/:id/revoke', async (ctx) => {
  const user = shop.requireUser(ctx.session);
  lead(ctx, await endSession(sessions, ctx.session, user, ctx.params['id'] ?? ''));
});

router.post('/checkout', async (ctx) => {
  const order = await shop.checkout(ctx.session, ctx.request.body);
  lead(ctx, `/orders/${order.id}`);
});
router.get('/orders/:id', (ctx) => show(ctx, orderPage(shop.findOrder(ctx.session, ctx.params['id'] ?? ''))));

router.get('/lab', (ctx) => show(ctx, shop.labPage()));
router.get('/lab/:act', (ctx) => show(ctx, shop.actPage(ctx.params['act'] ?? '')));
router.post('/lab/:act', async (ctx) => show(ctx, await shop.play(ctx.params['act'] ?? '')));

app.use(router.routes());
app.use((ctx) => {
  throw new ShopError('not-found', `There is no page ${ctx.path} in this shop.`);
});

/** Responds with a page, or with JSON if the request prefers that. */
async function show(ctx: Context, view: View): Promise<void> {
  const { session, url } = ctx;
  send(ctx, await shop.render(view, { session, url, accept: ctx.get('accept'), cookie: ctx.get('cookie') }));
}

/** Redirects to a page after a post. */
function lead(ctx: Context, path: string): void {
  ctx.redirect(shop.linkAfterPost(path, ctx.session));
  ctx.status = 303;
}

function send(ctx: Context, { status, headers, body }: Reply): void {
  ctx.status = status;
  ctx.set(headers);
  ctx.body = body;
}

const server = createServer(shop.serve(app.callback()));
announce(server, { name: 'The shop on Koa', onStopped: opened.close });
server.listen(settings.port);
