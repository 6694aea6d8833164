import { redisStore } from '@coatcheck/redis';
import { createClient } from 'redis';
import { TestServer } from '../../../packages/redis/test/support/server.ts';
import { BODY, type GrowthPlan, type Point } from './growth.ts';
import { keyOf, Sample } from './sample.ts';

const HOUR = 3_600_000;
const AT_ONCE = 1000;

/** Fills a Redis server with sessions, and measures the store at each size. */
export async function growRedis(plan: GrowthPlan, note: (point: Point) => void): Promise<Point[]> {
  const server = await TestServer.start();
  const client = await createClient({ url: server.url }).connect();
  try {
    const store = redisStore(client, { commandTimeout: 60_000 });
    const sample = new Sample(store, plan);
    const empty = Number(await server.info('memory', 'used_memory'));
    const points: Point[] = [];
    let held = 0;
    for (const sessions of plan.sizes) {
      for (; held < sessions; held += AT_ONCE) {
        const numbers = Array.from({ length: Math.min(AT_ONCE, sessions - held) }, (_, at) => held + at);
        const expiresAt = Date.now() + 24 * HOUR;
        await Promise.all(
          numbers.map((number) =>
            store.compareAndSet(keyOf(number), null, { version: 1, expiresAt, body: BODY }),
          ),
        );
      }
      held = sessions;
      const used = Number(await server.info('memory', 'used_memory'));
      const point = {
        sessions,
        bytesEach: (used - empty) / sessions,
        ...(await sample.measure(sessions, () => serverTime(server))),
      };
      note(point);
      points.push(point);
    }
    return points;
  } finally {
    client.destroy();
    await server.stop();
  }
}

/** Returns for how long the server has run, in microseconds. */
async function serverTime(server: TestServer): Promise<number> {
  const parts = await Promise.all(['used_cpu_user', 'used_cpu_sys'].map((name) => server.info('cpu', name)));
  return parts.reduce((total, seconds) => total + 1e6 * Number(seconds), 0);
}
