import { env } from 'cloudflare:workers';
import {
  createSessions,
  memoryStore,
  type Session,
  type SessionStore,
  type Sessions,
  type SessionVariables,
  session,
} from '@coatcheck/hono';
import { Hono } from 'hono';
import { d1Store, durableObjectStore } from '../../src/index.ts';
import { StoreCalls } from './store-calls.ts';

export { SessionObject } from '../../src/index.ts';

interface Marks {
  items: string[];
}

/** The error of a handler that throws while its update is being written. */
const BESIDE_A_WRITE = 'Thrown beside a write';

const STORES: Readonly<Record<string, () => SessionStore>> = {
  memory: memoryStore,
  d1: () => d1Store(env.DB),
  'durable-object': () => durableObjectStore(env.SESSIONS),
};

const app = new Hono();
for (const [name, open] of Object.entries(STORES)) {
  // Each test has a path of its own, and so calls that no other one fails.
  for (const way of ['module/works', 'module/fails', 'request/works', 'request/fails']) {
    const calls = new StoreCalls();
    const store = calls.watch(open());
    const create = (): Sessions<Marks> => createSessions<Marks>({ store, initial: () => ({ items: [] }) });
    app.all(`/calls/${name}/${way}`, (c) => calls.serve(c.req.raw));
    const marks = new Hono<{ Variables: SessionVariables<Marks> }>();
    marks.use(session(way.startsWith('module') ? create() : create));
    marks.get('/', (c) => c.text(c.var.session.data.items.join(' ')));
    marks.post('/:how/:item', (c) => mark(c.var.session, c.req.param('how'), c.req.param('item')));
    app.route(`/${name}/${way}`, marks);
  }
}
app.onError((error, c) => c.text(error.message, error.message === BESIDE_A_WRITE ? 504 : 500));

/** Adds a mark as a handler does that `keeps` its update, `refuses` it, `throws` beside it, or `leaves` without waiting for it. */
async function mark(session: Session<Marks>, how: string, item: string): Promise<Response> {
  const updating = session.update((data) => {
    data.items.push(item);
    if (how === 'refuses') throw new Error('Refused after a change of the draft');
  });
  if (how === 'throws' || how === 'leaves') {
    // Forgotten on purpose: the request ends while the change is being written.
    updating.catch(() => {});
    if (how === 'throws') throw new Error(BESIDE_A_WRITE);
    return new Response('', { status: 202 });
  }
  await updating;
  return new Response('');
}

// Without an execution context, so that no request is kept running by waitUntil.
const worker: { fetch(request: Request): Response | Promise<Response> } = {
  fetch: (request) => app.fetch(request),
};
// biome-ignore lint/style/noDefaultExport: a worker module must have one.
export default worker;
