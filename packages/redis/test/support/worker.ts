import { env } from 'cloudflare:workers';
import { createSessions, withSession } from '@coatcheck/fetch';
import { Redis } from '@upstash/redis/cloudflare';
import { redisStore } from '../../src/index.ts';

// Runs in workerd: a shop whose sessions are created once, outside of a request.
const client = new Redis({ url: env.URL, token: env.TOKEN, signal: () => AbortSignal.timeout(20_000) });
const sessions = createSessions({
  store: redisStore(client, { commandTimeout: 20_000 }),
  initial: () => ({ items: [] as string[] }),
  grant: 'first-write',
});

const worker: { fetch: (request: Request) => Promise<Response> } = {
  fetch: withSession(sessions, async (request, session) => {
    if (request.method === 'POST') {
      await session.update((data) => data.items.push(new URL(request.url).pathname));
    }
    return Response.json(session.data.items);
  }),
};

// biome-ignore lint/style/noDefaultExport: a worker module must have one.
export default worker;
