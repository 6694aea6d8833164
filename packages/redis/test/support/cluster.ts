import { type Settings, TestServer, until } from './server.ts';

const PRIMARIES = 3;
const NODES = 2 * PRIMARIES;
const SLOTS = 16_384;

/** A Redis Cluster of three primaries with a replica each. */
export class TestCluster {
  readonly nodes: readonly TestServer[];

  private constructor(nodes: readonly TestServer[]) {
    this.nodes = nodes;
  }

  /** Starts a cluster; `settings` of redis.conf are those of every node. */
  static async start(settings: Settings = {}): Promise<TestCluster> {
    const all = {
      'cluster-enabled': 'yes',
      'cluster-node-timeout': 1000,
      'cluster-replica-validity-factor': 0,
      'repl-diskless-sync-delay': 0,
      ...settings,
    };
    const nodes = await Promise.all(Array.from({ length: NODES }, () => TestServer.start(all)));
    const cluster = new TestCluster(nodes);
    try {
      await cluster.#join();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  get ports(): readonly number[] {
    return this.nodes.map(({ port }) => port);
  }

  /** Returns the node that is the primary of a key's slot, according to a node that is running. */
  async primaryOf(key: string, witness: TestServer | undefined = this.nodes[0]): Promise<TestServer> {
    const slot = Number(await witness?.send('cluster', 'keyslot', key));
    const ranges = await witness?.send('cluster', 'slots');
    for (const range of Array.isArray(ranges) ? ranges : []) {
      if (!Array.isArray(range)) continue;
      const [from, to, primary] = range;
      if (Number(from) > slot || Number(to) < slot || !Array.isArray(primary)) continue;
      const found = this.nodes.find(({ port }) => port === primary[1]);
      if (found !== undefined) return found;
    }
    throw new Error(`No node has slot ${slot}.`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  async #join(): Promise<void> {
    const [first] = this.nodes;
    if (first === undefined) throw new Error('A cluster must have nodes.');
    const ids = await Promise.all(this.nodes.map(async (node) => String(await node.send('cluster', 'myid'))));
    await Promise.all(this.nodes.map((node, at) => node.send('cluster', 'set-config-epoch', at + 1)));
    await Promise.all(
      this.nodes.slice(0, PRIMARIES).map((node, at) => {
        const border = (index: number): number => Math.floor((index * SLOTS) / PRIMARIES);
        const slots = Array.from({ length: border(at + 1) - border(at) }, (_, slot) => border(at) + slot);
        return node.send('cluster', 'addslots', ...slots);
      }),
    );
    for (const node of this.nodes.slice(1)) await first.send('cluster', 'meet', '127.0.0.1', node.port);
    await this.#everyNode('knows the others', async (node) => (await knownNodes(node)) === NODES);
    await Promise.all(
      this.nodes.slice(PRIMARIES).map((node, at) => node.send('cluster', 'replicate', ids[at] ?? '')),
    );
    await this.#everyNode('serves every slot', async (node) => {
      const info = String(await node.send('cluster', 'info'));
      return info.includes('cluster_state:ok') && info.includes(`cluster_slots_ok:${SLOTS}`);
    });
    for (const replica of this.nodes.slice(PRIMARIES)) {
      await until(
        'a replica follows its primary',
        async () => (await replica.info('replication', 'master_link_status')) === 'up',
      );
    }
  }

  async #everyNode(what: string, isSo: (node: TestServer) => Promise<boolean>): Promise<void> {
    await Promise.all(this.nodes.map((node) => until(`every node ${what}`, () => isSo(node))));
  }
}

async function knownNodes(node: TestServer): Promise<number> {
  const lines = String(await node.send('cluster', 'nodes'))
    .trim()
    .split('\n');
  return lines.filter((line) => line.includes(' connected') && !line.includes('handshake')).length;
}
