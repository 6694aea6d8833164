import { setTimeout as sleep } from 'node:timers/promises';
import { TestServer } from '../../../../packages/redis/test/support/server.ts';
import type { StoreAddress } from '../server/spec.ts';
import { bundleOf, LineBundle } from './line-bundle.ts';
import type { Abilities, Lines, StoreUnderTest } from './store-under-test.ts';

/** Each write is in the append-only file before it is acknowledged. */
export const DURABLE = { appendonly: 'yes', appendfsync: 'always' } as const;

/** The room that is left when memory is limited, in bytes: less than a second's writes. */
const ROOM = 16_384;

/** One Redis, each of whose writes is on disk before it is acknowledged. */
export class RedisServer implements StoreUnderTest {
  readonly kind = 'redis';
  readonly version: string;
  readonly can: Partial<Abilities>;
  readonly #server: TestServer;
  readonly #lines: readonly LineBundle[];

  private constructor(server: TestServer, version: string, lines: readonly LineBundle[]) {
    this.#server = server;
    this.version = version;
    this.#lines = lines;
    this.can = {
      crash: async (downFor) => {
        server.kill();
        await sleep(downFor);
        await server.restart();
      },
      pause: () => server.pause(),
      resume: () => server.resume(),
      limitMemory: async (evicts) => {
        const used = Number(await server.info('memory', 'used_memory'));
        await server.send('config', 'set', 'maxmemory-policy', evicts ? 'allkeys-lru' : 'noeviction');
        await server.send('config', 'set', 'maxmemory', used + ROOM);
      },
      restoreMemory: async () => {
        await server.send('config', 'set', 'maxmemory', 0);
      },
    };
  }

  static async start(servers: number): Promise<RedisServer> {
    const server = await TestServer.start(DURABLE);
    return new RedisServer(server, await versionOf(server), await LineBundle.openAll(servers, [server.port]));
  }

  addressOf(server: number, isDirect = false): StoreAddress {
    const [port = 0] = isDirect ? [this.#server.port] : bundleOf(this.#lines, server).ports;
    return { kind: 'redis', port, client: server % 2 === 0 ? 'node-redis' : 'ioredis' };
  }

  linesOf(server: number): Lines {
    return bundleOf(this.#lines, server);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.stop()));
    await this.#server.stop();
  }
}

/** Names a Redis and its version. */
export async function versionOf(server: TestServer): Promise<string> {
  return `Redis ${await server.info('server', 'redis_version')}`;
}
