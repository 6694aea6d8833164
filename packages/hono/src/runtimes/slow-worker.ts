import { createSessions, memoryStore, type SessionStore, type Sessions } from '@coatcheck/core';
import { Hono } from 'hono';
import { type SessionVariables, session } from '../index.ts';

interface Cart {
  items: string[];
}

declare const scheduler: { wait(milliseconds: number): Promise<void> };

/** How long each call of the store takes, in milliseconds. */
const LATENCY = 20;

/** A store that takes its time, as a database does. */
function slowStore(): SessionStore {
  const store = memoryStore();
  return {
    async read(key) {
      await scheduler.wait(LATENCY);
      return store.read(key);
    },
    async compareAndSet(key, expected, next) {
      await scheduler.wait(LATENCY);
      return store.compareAndSet(key, expected, next);
    },
  };
}

const store = slowStore();
const create = (): Sessions<Cart> => createSessions<Cart>({ store, initial: () => ({ items: [] }) });

/** The two ways in which apps create sessions: outside any request, so that all requests of the isolate share them, and in each request. */
const WAYS = { module: create(), request: create };

const app = new Hono();
for (const [way, sessions] of Object.entries(WAYS)) {
  const shop = new Hono<{ Variables: SessionVariables<Cart> }>().use(session(sessions));
  shop.get('/', (c) => c.text(c.var.session.data.items.join(' ')));
  shop.post('/sign-in', async (c) => {
    await c.var.session.signIn('ada');
    return c.text('');
  });
  shop.post('/add/throw', (c) => {
    // Forgotten on purpose: the request ends while the change is being written.
    c.var.session.update((data) => data.items.push('throw')).catch(() => {});
    throw new Error('Thrown beside a write');
  });
  shop.post('/add/:item', async (c) =>
    c.text(String(await c.var.session.update((data) => data.items.push(c.req.param('item'))))),
  );
  app.route(`/${way}`, shop);
}
app.onError((error, c) => c.text(error.message, 500));

const worker: { fetch(request: Request): Response | Promise<Response> } = {
  fetch: (request) => app.fetch(request),
};
// biome-ignore lint/style/noDefaultExport: a worker module must have one.
export default worker;
