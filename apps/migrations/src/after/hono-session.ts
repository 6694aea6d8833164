import { clearOldCookie, FetchRequestView, Migration, type RestoredSession } from '@coatcheck/core/adapter';
import { createSessions, SessionError, session } from '@coatcheck/hono';
import { sqliteStore } from '@coatcheck/sqlite';
import { createEncryptionKey, jweDecrypt } from '@hono/session/cookies';
import { Hono, type MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { shop } from '../shop.ts';
import { signedOut } from '../signed-out.ts';

interface ShopData {
  cart: string[];
}

const sessions = createSessions<ShopData>({
  store: sqliteStore(process.env.SESSIONS_DB ?? 'sessions.db'),
  initial: () => ({ cart: [] }),
});

// For as long as old cookies are accepted.
const oldKey = createEncryptionKey(process.env.AUTH_SECRET ?? 'a secret for development, of 32 characters');
const migration = new Migration(sessions);

async function restore(cookie: string): Promise<RestoredSession<ShopData> | undefined> {
  const { payload } = await jweDecrypt(cookie, await oldKey);
  if (payload === undefined) return undefined;
  const { user, cart = [] } = payload as { user?: string; cart?: string[] };
  return user !== undefined && signedOut.has(user) ? undefined : { userId: user, data: { cart } };
}

const acceptOldCookie: MiddlewareHandler = async (c, next) => {
  const cookie = getCookie(c, 'sid');
  if (cookie === undefined) return next();
  const view = new FetchRequestView(c.req.raw, {});
  const moved = await migration.move(cookie, view, { load: restore, remove: () => {} });
  if (moved === undefined) return next();
  const headers = new Headers(c.req.raw.headers);
  headers.append('cookie', moved.cookie);
  c.req.raw = new Request(c.req.raw, { headers });
  await next();
  for (const [name, value] of [...moved.headers, clearOldCookie('sid')])
    c.header(name, value, { append: true });
};

export const app = new Hono()
  .use(acceptOldCookie)
  .use(session(sessions))

  .get('/', (c) => {
    return c.json({ user: c.var.session.userId ?? null, cart: c.var.session.data.cart });
  })

  .post('/cart/:sku', async (c) => {
    const sku = c.req.param('sku');
    if (!(await shop.hasInStock(sku))) return c.notFound();
    await c.var.session.update((data) => {
      data.cart.push(sku);
    });
    return c.redirect('/', 303);
  })

  .post('/sign-in', async (c) => {
    const { name, password } = await c.req.json();
    if (!(await shop.isPassword(name, password))) return c.text('Wrong name or password', 401);
    await c.var.session.signIn(name);
    return c.redirect('/', 303);
  })

  .post('/sign-out', async (c) => {
    const { userId } = c.var.session;
    if (userId !== undefined) signedOut.add(userId);
    await c.var.session.destroy();
    return c.redirect('/', 303);
  });

app.onError((error, c) => {
  if (SessionError.is(error) && error.status < 500) return c.text(error.code, error.status);
  console.error(error);
  return c.text('Please try again.', 503);
});
