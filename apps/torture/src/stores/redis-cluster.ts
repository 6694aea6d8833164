import { setTimeout as sleep } from 'node:timers/promises';
import { TestCluster } from '../../../../packages/redis/test/support/cluster.ts';
import { type TestServer, until } from '../../../../packages/redis/test/support/server.ts';
import type { StoreAddress } from '../server/spec.ts';
import { bundleOf, LineBundle } from './line-bundle.ts';
import { DURABLE, versionOf } from './redis-server.ts';
import { moveSlots } from './slots.ts';
import type { Abilities, Lines, StoreUnderTest } from './store-under-test.ts';

/** A Redis Cluster of three primaries, with a replica each. */
export class RedisCluster implements StoreUnderTest {
  readonly kind = 'cluster';
  readonly version: string;
  readonly can: Partial<Abilities>;
  readonly #cluster: TestCluster;
  readonly #lines: readonly LineBundle[];

  private constructor(cluster: TestCluster, version: string, lines: readonly LineBundle[]) {
    this.#cluster = cluster;
    this.version = version;
    this.#lines = lines;
    this.can = {
      crash: async (downFor) => {
        for (const node of cluster.nodes) node.kill();
        await sleep(downFor);
        await Promise.all(cluster.nodes.map((node) => node.restart()));
        await this.#untilWhole();
      },
      killPrimary: (pick) => this.#fail(pick, 'kill'),
      pausePrimary: (pick) => this.#fail(pick, 'pause'),
      moveSlots: async (pick, count) => {
        const primaries = await primariesOf(cluster.nodes);
        await moveSlots(primaries, pick, count);
      },
    };
  }

  static async start(servers: number): Promise<RedisCluster> {
    const cluster = await TestCluster.start(DURABLE);
    const [first] = cluster.nodes;
    const version = first === undefined ? '' : `${await versionOf(first)}, 6 nodes`;
    return new RedisCluster(cluster, version, await LineBundle.openAll(servers, cluster.ports));
  }

  addressOf(server: number, isDirect = false): StoreAddress {
    const { ports } = isDirect ? this.#cluster : bundleOf(this.#lines, server);
    const nodes = this.#cluster.ports.map((port, at) => ({ port, through: ports[at] ?? 0 }));
    return { kind: 'cluster', nodes, client: server % 2 === 0 ? 'node-redis' : 'ioredis' };
  }

  linesOf(server: number): Lines {
    return bundleOf(this.#lines, server);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.stop()));
    await this.#cluster.stop();
  }

  /** Lets one primary fail until its replica has taken over, then lets it come back as a replica. */
  async #fail(pick: number, how: 'kill' | 'pause'): Promise<void> {
    const primaries = await primariesOf(this.#cluster.nodes);
    const victim = primaries[pick % primaries.length];
    const others = this.#cluster.nodes.filter((node) => node !== victim);
    if (victim === undefined) throw new Error('The cluster has no primary.');
    if (how === 'kill') victim.kill();
    else victim.pause();
    try {
      await until('its replica has taken over', async () => {
        const now = await primariesOf(others);
        return now.length === primaries.length && (await isWhole(now));
      });
    } finally {
      if (how === 'kill') await victim.restart();
      else victim.resume();
    }
    await this.#untilWhole();
  }

  /** Waits until every slot is served and every replica follows. */
  async #untilWhole(): Promise<void> {
    const { nodes } = this.#cluster;
    await until('the cluster is whole again', async () => {
      if (!(await isWhole(nodes))) return false;
      const states = await Promise.all(
        nodes.map(async (node) => [
          await node.info('replication', 'role'),
          await node.info('replication', 'master_link_status'),
        ]),
      );
      const primaries = states.filter(([role]) => role === 'master').length;
      return (
        primaries === nodes.length / 2 && states.every(([role, link]) => role === 'master' || link === 'up')
      );
    });
  }
}

async function isWhole(nodes: readonly TestServer[]): Promise<boolean> {
  // A node that still loads its data responds with an error.
  const infos = await Promise.all(nodes.map((node) => node.send('cluster', 'info').catch(String)));
  return infos.every((info) => String(info).includes('cluster_state:ok'));
}

async function primariesOf(nodes: readonly TestServer[]): Promise<readonly TestServer[]> {
  const roles = await Promise.all(nodes.map((node) => node.info('replication', 'role')));
  return nodes.filter((_, at) => roles[at] === 'master');
}
