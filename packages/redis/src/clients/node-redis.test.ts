import { expect, it } from 'vitest';
import type { NodeRedisCluster } from './clients.ts';
import { Deadline } from './deadline.ts';
import { nodeRedisCluster } from './node-redis.ts';

it('looks for the new primary again if the server that it asked never replies', async () => {
  let looks = 0;
  const cluster: NodeRedisCluster = {
    isOpen: true,
    masters: [],
    // Every server is silent. A look is no command about a key.
    sendCommand: (firstKey) => {
      if (firstKey === undefined) looks += 1;
      return new Promise(() => {});
    },
    multi: () => ({ addCommand: () => {}, execAsPipeline: async () => [] }),
    nodeClient: async () => ({ sendCommand: async () => null }),
  };
  const deadline = new Deadline(1);
  const driver = nodeRedisCluster(cluster, deadline);
  const seen: number[] = [];
  for (let call = 1; call <= 4; call += 1) {
    await expect(deadline.bound(driver.read('key'))).rejects.toThrow('did not reply');
    seen.push(looks);
  }
  expect(seen).toEqual([0, 1, 2, 3]);
});
