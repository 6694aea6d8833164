import { afterAll, beforeAll, describe, vi } from 'vitest';
import { CLUSTER_CLIENTS } from './support/clients.ts';
import { TestCluster } from './support/cluster.ts';
import { describeContract } from './support/contract.ts';

// The clause about several processes starts four of them.
vi.setConfig({ testTimeout: 20_000 });

describe('with a cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.start();
  }, 30_000);
  afterAll(() => cluster.stop());

  for (const kind of Object.keys(CLUSTER_CLIENTS)) describeContract(kind, () => cluster.ports);
});
