import { type D1Binding, d1Store } from '@coatcheck/cloudflare';
import { createSessions, perBinding, SessionError, type SessionVariables, session } from '@coatcheck/hono';
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';

interface ShopData {
  cart: string[];
}
type Env = { Bindings: { DB: D1Binding }; Variables: SessionVariables<ShopData> };

const sessionsOf = perBinding((db: D1Binding) =>
  createSessions<ShopData>({ store: d1Store(db), initial: () => ({ cart: [] }) }),
);

const app = new Hono<Env>();
app.use(session((c: Context<Env>) => sessionsOf(c.env.DB), { ip: (c) => c.req.header('cf-connecting-ip') }));

app.get('/', (c) => {
  const { userId, data } = c.var.session;
  return c.html(html`<!doctype html>
    <title>Shop</title>
    <form method="post" action="/cart/coat"><button>Add a coat</button></form>
    <ul>${data.cart.map((sku) => html`<li>${sku}</li>`)}</ul>
    ${
      userId === undefined
        ? html`<form method="post" action="/sign-in"><input name="user" required><button>Sign in</button></form>`
        : html`<form method="post" action="/sign-out"><b>${userId}</b> <button>Sign out</button></form>`
    }`);
});

app.post('/cart/:sku', async (c) => {
  await c.var.session.update((data) => {
    data.cart.push(c.req.param('sku'));
  });
  return c.redirect('/', 303);
});

app.post('/sign-in', async (c) => {
  // signIn does not check credentials: a real shop verifies a password here.
  const { user } = await c.req.parseBody();
  if (typeof user !== 'string' || user === '') return c.text('The field user is missing.', 400);
  await c.var.session.signIn(user);
  return c.redirect('/', 303);
});

app.post('/sign-out', async (c) => {
  await c.var.session.destroy();
  return c.redirect('/', 303);
});

app.onError((error, c) => {
  const isOurs = SessionError.is(error);
  if (!isOurs || error.status >= 500) console.error(error);
  return isOurs ? c.text(error.code, error.status) : c.text('Internal Server Error', 500);
});

export default {
  fetch: app.fetch,
  async scheduled(_event: unknown, env: Env['Bindings']): Promise<void> {
    await sessionsOf(env.DB).sweep();
  },
};
