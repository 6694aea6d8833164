import { env } from 'cloudflare:workers';
import {
  createSessions,
  perBinding,
  type Session,
  type SessionStore,
  type Sessions,
  type SessionVariables,
  session,
} from '@coatcheck/hono';
import { Hono } from 'hono';
import { type D1Binding, d1Store, durableObjectStore, type ObjectNamespace } from '../../src/index.ts';

export { SessionObject } from '../../src/index.ts';

interface Bindings {
  readonly DB: D1Binding;
  readonly SESSIONS: ObjectNamespace<unknown>;
}
interface Cart {
  items: string[];
}
interface Execution {
  waitUntil(promise: Promise<unknown>): void;
  passThroughOnException(): void;
  readonly props: unknown;
}
type Env = { Bindings: Bindings; Variables: SessionVariables<Cart> };

/** How far the sessions' clock is ahead of the platform's, so that a test need not wait for a minute. */
let ahead = 0;
const create = (store: SessionStore): Sessions<Cart> =>
  createSessions<Cart>({
    store,
    initial: () => ({ items: [] }),
    now: () => Date.now() + ahead,
    grant: 'first-write',
  });

const stores = { d1: d1Store, 'durable-object': durableObjectStore };
const atModuleLevel = {
  d1: create(stores.d1(env.DB)),
  'durable-object': create(stores['durable-object'](env.SESSIONS)),
};
const once = {
  d1: perBinding((db: D1Binding) => create(stores.d1(db))),
  'durable-object': perBinding((objects: ObjectNamespace<unknown>) =>
    create(stores['durable-object'](objects)),
  ),
};

/** The ways in which apps create sessions on Workers. */
const ways: Readonly<Record<string, Sessions<Cart> | ((c: { env: Bindings }) => Sessions<Cart>)>> = {
  'd1/module': atModuleLevel.d1,
  'd1/binding': (c) => once.d1(c.env.DB),
  'd1/request': (c) => create(stores.d1(c.env.DB)),
  'durable-object/module': atModuleLevel['durable-object'],
  'durable-object/binding': (c) => once['durable-object'](c.env.SESSIONS),
  'durable-object/request': (c) => create(stores['durable-object'](c.env.SESSIONS)),
};

const app = new Hono<Env>();
app.post('/pass-a-minute', (c) => {
  ahead += 60_000;
  return c.text('');
});
for (const [way, sessions] of Object.entries(ways)) {
  const shop = new Hono<Env>().use(session(sessions));
  shop.get('/', (c) => c.text(c.var.session.data.items.join(' ')));
  shop.post('/add/throw', (c) => {
    // Forgotten on purpose: the request ends while the change is being written.
    c.var.session.update((data) => data.items.push('throw')).catch(() => {});
    throw new Error('Thrown beside a write');
  });
  shop.post('/add/:item', async (c) => c.text(String(await add(c.var.session, c.req.param('item')))));
  app.route(`/${way}`, shop);
}
app.onError((error, c) => c.text(error.message, 500));

function add(session: Session<Cart>, item: string): Promise<number> {
  return session.update((data) => data.items.push(item));
}

const worker: {
  fetch(request: Request, bindings: Bindings, execution: Execution): Response | Promise<Response>;
  scheduled(): Promise<void>;
} = {
  fetch: (request: Request, bindings: Bindings, execution: Execution) =>
    app.fetch(request, bindings, execution),
  async scheduled(): Promise<void> {
    await atModuleLevel.d1.sweep();
  },
};

// biome-ignore lint/style/noDefaultExport: a worker module must have one.
export default worker;
