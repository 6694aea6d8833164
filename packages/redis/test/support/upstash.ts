import { TOKEN } from '@coatcheck/runtimes/faulty-server';
import { Redis, type RedisConfigNodejs } from '@upstash/redis';
import { redisStore, type UpstashStore } from '../../src/redis-store.ts';

/** Creates a client as apps do, with what a test changes. It sends each request once, so that failures show at once. */
export function upstashAt(url: string, options: Partial<RedisConfigNodejs> = {}): Redis {
  return new Redis({ url, token: TOKEN, retry: { retries: 0 }, enableTelemetry: false, ...options });
}

/** Opens a store in another process. The argument is the JSON of the proxy's URL and the prefix. */
export function openStore(argument: string): UpstashStore {
  const [url, prefix]: [string, string] = JSON.parse(argument);
  return redisStore(upstashAt(url), { prefix });
}
