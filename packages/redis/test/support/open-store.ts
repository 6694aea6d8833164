import { type RedisStore, redisStore } from '../../src/redis-store.ts';
import { CLIENTS } from './clients.ts';

/** Opens a store in another process. The argument is the JSON of the client's kind, the ports and the prefix. */
export async function openStore(argument: string): Promise<RedisStore> {
  const [kind, ports, prefix]: [string, number[], string] = JSON.parse(argument);
  const opened = await CLIENTS[kind]?.(ports);
  if (opened === undefined) throw new Error(`There is no client called ${kind}.`);
  return redisStore(opened.client, { prefix });
}
