import { clearOldCookie, Migration, ParsedRequestView } from '@coatcheck/core/adapter';
import { createSessions, session } from '@coatcheck/fastify';
import { sqliteStore } from '@coatcheck/sqlite';
import cookie from '@fastify/cookie';
import Fastify from 'fastify';
import { records } from '../records.ts';
import { shop } from '../shop.ts';

interface ShopData {
  cart: string[];
}

declare module '@coatcheck/fastify' {
  interface Register {
    session: ShopData;
  }
}

const sessions = createSessions<ShopData>({
  store: sqliteStore(process.env.SESSIONS_DB ?? 'sessions.db'),
  initial: () => ({ cart: [] }),
});

export const app = Fastify();

// For as long as there are sessions of before.
const migration = new Migration(sessions);
await app.register(cookie, {
  secret: process.env.SESSION_SECRET ?? 'a secret for development, of 32 characters',
});
app.addHook('onRequest', async (request, reply) => {
  const { valid, value: id } = request.unsignCookie(request.cookies.sessionId ?? '');
  if (!valid || id === null) return;
  const moved = await migration.move(id, new ParsedRequestView(request), {
    async load() {
      const old = await records.get(id);
      if (old === undefined || Date.parse(old.cookie.expires) <= Date.now()) return undefined;
      return { userId: old.user, data: { cart: old.cart ?? [] } };
    },
    remove: () => records.delete(id),
  });
  if (moved === undefined) return;
  request.raw.headers.cookie += `; ${moved.cookie}`;
  for (const [name, value] of [...moved.headers, clearOldCookie('sessionId')]) reply.header(name, value);
});

await app.register(session(sessions));

app.get('/', async ({ session }) => ({ user: session.userId ?? null, cart: session.data.cart }));

app.post<{ Params: { sku: string } }>('/cart/:sku', async (request, reply) => {
  const { sku } = request.params;
  if (!(await shop.hasInStock(sku))) return reply.callNotFound();
  await request.session.update((data) => {
    data.cart.push(sku);
  });
  return reply.redirect('/', 303);
});

app.post<{ Body: { name: string; password: string } }>('/sign-in', async (request, reply) => {
  const { name, password } = request.body;
  if (!(await shop.isPassword(name, password))) return reply.code(401).send('Wrong name or password');
  await request.session.signIn(name);
  return reply.redirect('/', 303);
});

app.post('/sign-out', async (request, reply) => {
  await request.session.destroy();
  return reply.redirect('/', 303);
});
