// The shop on Hono, with its sessions in SQLite. This file contains everything that is specific to the framework.

import { createServer } from 'node:http';
import { createSessions, type SessionVariables, session } from '@coatcheck/hono';
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
import { sqliteStore } from '@coatcheck/sqlite';
import { getRequestListener } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';

// Declares the session's data, which types c.var.session.
type Env = { Variables: SessionVariables<ShopData> & { fields: unknown } };

const settings = readSettings(process.env);
const database = openDatabase(settings.dataDir);
const store = watchStore(sqliteStore(database));
const shop = new Shop({ settings, database, store });
const sessions = createSessions<ShopData>({
  store,
  initial: emptyData,
  onEvent: (event) => shop.hear(event),
  ...sessionOptions(settings),
});

const app = new Hono<Env>();
const ip = (c: Context): string | undefined => getConnInfo(c).remote.address;

// Routes that need no session come before it.
app.get('/assets/*', (c) => {
  const asset = findAsset(c.req.path.slice('/assets/'.length));
  return asset === undefined ? c.notFound() : send({ status: 200, ...asset });
});
app.get('/help', (c) => show(c, helpPage(settings)));

app.use(
  bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => Promise.reject(new HTTPException(413)),
  }),
);
app.use(async (c, next) => {
  c.set('fields', await readFields(c));
  await next();
});
app.use(session(sessions, { ip }));
app.use(async (c, next) => {
  await shop.arrive(c.var.session, { method: c.req.method, url: c.req.url, ip: ip(c) });
  await next();
});

app.get('/', (c) => show(c, cataloguePage()));

app.get('/cart', (c) => show(c, cartPage(c.var.session)));
app.post('/cart', async (c) => lead(c, await addToCart(c.var.session, c.var.fields)));
app.post('/cart/:sku', async (c) =>
  lead(c, await setQuantity(c.var.session, c.req.param('sku'), c.var.fields)),
);

app.get('/sign-in', (c) => show(c, signInPage(c.var.session)));
app.post('/sign-in', async (c) => {
  const user = await shop.authenticate(c.var.fields, ip(c));
  return lead(c, await signIn(c.var.session, user, c.var.fields));
});
app.post('/sign-out', async (c) => lead(c, await signOut(c.var.session)));

app.get('/account', async (c) => {
  const { session } = c.var;
  const user = shop.requireUser(session);
  const summaries = await sessions.list(user.id);
  return show(c, accountPage({ user, session, summaries, orders: shop.ordersOf(user) }));
});
app.post('/account/sessions/revoke-others', async (c) => {
  const { session } = c.var;
  return lead(c, await endOtherSessions(sessions, session, shop.requireUser(session)));
});
app.post('/account/sessions/:id/revoke', async (c) => {
  const user = shop.requireUser(c.var.session);
  return lead(c, await endSession(sessions, c.var.session, user, c.req.param('id')));
});

app.post('/checkout', async (c) => {
  const order = await shop.checkout(c.var.session, c.var.fields);
  return lead(c, `/orders/${order.id}`);
});
app.get('/orders/:id', (c) => show(c, orderPage(shop.findOrder(c.var.session, c.req.param('id')))));

app.get('/lab', (c) => show(c, shop.labPage()));
app.get('/lab/:act', (c) => show(c, shop.actPage(c.req.param('act'))));
app.post('/lab/:act', async (c) => show(c, await shop.play(c.req.param('act'))));

app.notFound((c) =>
  show(c, troublePage(new ShopError('not-found', `There is no page ${c.req.path} in this shop.`))),
);
app.onError((error, c) => show(c, troublePage(error, c.var.session)));

/** Reads a form or JSON. */
async function readFields(c: Context): Promise<unknown> {
  if (c.req.header('content-type')?.startsWith('application/json') !== true) return c.req.parseBody();
  return c.req.json().catch(() => {
    throw new HTTPException(400);
  });
}

/** Responds with a page, or with JSON if the request prefers that. */
async function show(c: Context<Env>, view: View): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  const [accept, cookie] = [c.req.header('accept'), c.req.header('cookie')];
  return send(await shop.render(view, { session: c.var.session, url: pathname + search, accept, cookie }));
}

/** Redirects to a page after a post. */
function lead(c: Context<Env>, path: string): Response {
  return c.redirect(shop.linkAfterPost(path, c.var.session), 303);
}

function send({ status, headers, body }: Reply): Response {
  return new Response(body, { status, headers });
}

const server = createServer(shop.serve(getRequestListener(app.fetch)));
announce(server, { name: 'The shop on Hono', onStopped: () => database.close() });
server.listen(settings.port);
