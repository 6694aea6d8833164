import type { Order } from '../server/spec.ts';
import { abilityOf } from '../stores/store-under-test.ts';
import { between, type Nemesis, type Target } from './nemesis.ts';

/** Lets the disk of all servers be in trouble for a while. */
async function withDisk(target: Target, disk: Order['disk']): Promise<string> {
  await Promise.all(target.servers.map((server) => server.order({ disk })));
  await target.pause(between(target.random, 500, 2000));
  await Promise.all(target.servers.map((server) => server.order({ disk: 'usual' })));
  return 'every server';
}

async function withLittleMemory(target: Target, evicts: boolean): Promise<string> {
  await abilityOf(target.store, 'limitMemory')(evicts);
  await target.pause(between(target.random, 1000, 2500));
  await abilityOf(target.store, 'restoreMemory')();
  return 'the store';
}

/** What happens to the store itself. */
export const STORE_NEMESES: readonly Nemesis[] = [
  {
    name: 'kill-store',
    what: 'every process of the store is killed at once, and started again at most a second later',
    stores: ['redis', 'postgres'],
    async strike(target) {
      await abilityOf(target.store, 'crash')(between(target.random, 50, 1000));
      return 'the store';
    },
  },
  {
    name: 'kill-cluster',
    what: 'all six nodes are killed at once, and started again at most half a second later',
    stores: ['cluster'],
    undoes: 'failover',
    async strike(target) {
      await abilityOf(target.store, 'crash')(between(target.random, 50, 500));
      return 'the store';
    },
  },
  {
    name: 'pause-store',
    what: 'every process of the store is stopped with SIGSTOP for 2.5 to 4 s, longer than the timeout of a call',
    stores: ['redis', 'postgres'],
    async strike(target) {
      abilityOf(target.store, 'pause')();
      try {
        await target.pause(between(target.random, 2500, 4000));
      } finally {
        abilityOf(target.store, 'resume')();
      }
      return 'the store';
    },
  },
  {
    name: 'kill-primary',
    what: 'a primary of the cluster is killed, its replica takes over, and it comes back as a replica',
    stores: ['cluster'],
    undoes: 'failover',
    async strike(target) {
      await abilityOf(target.store, 'killPrimary')(target.random.int(100));
      return 'a primary';
    },
  },
  {
    name: 'pause-primary',
    what: 'a primary of the cluster is stopped with SIGSTOP until its replica has taken over, and then continues',
    stores: ['cluster'],
    undoes: 'failover',
    async strike(target) {
      await abilityOf(target.store, 'pausePrimary')(target.random.int(100));
      return 'a primary';
    },
  },
  {
    name: 'reshard',
    what: 'slots with sessions in them move from one primary to another',
    stores: ['cluster'],
    async strike(target) {
      await abilityOf(target.store, 'moveSlots')(target.random.int(100), 60);
      return '60 slots';
    },
  },
  {
    name: 'memory-full',
    what: 'Redis has no memory left for writes (`maxmemory` with `noeviction`) for 1 to 2.5 s',
    stores: ['redis'],
    strike: (target) => withLittleMemory(target, false),
  },
  {
    name: 'eviction',
    what: 'Redis drops what was used longest ago (`maxmemory` with `allkeys-lru`) for 1 to 2.5 s, which the documentation forbids',
    stores: ['redis'],
    undoes: 'eviction',
    strike: (target) => withLittleMemory(target, true),
  },
  {
    name: 'disk-full',
    what: 'the file cannot grow (`SQLITE_FULL`) for 0.5 to 2 s',
    stores: ['sqlite'],
    ordersDisk: true,
    strike: (target) => withDisk(target, 'full'),
  },
  {
    name: 'read-only',
    what: 'the database accepts no writes for 0.5 to 2 s',
    stores: ['sqlite', 'postgres'],
    ordersDisk: true,
    async strike(target) {
      if (target.store.kind === 'sqlite') return withDisk(target, 'read-only');
      await abilityOf(target.store, 'setReadOnly')(true);
      await target.pause(between(target.random, 500, 2000));
      await abilityOf(target.store, 'setReadOnly')(false);
      return 'the store';
    },
  },
  {
    name: 'locked',
    what: 'another process holds the write lock of the file for 0.2 to 2.5 s, which may be longer than `busyTimeout`',
    stores: ['sqlite'],
    async strike(target) {
      const release = await abilityOf(target.store, 'lock')();
      await target.pause(between(target.random, 200, 2500));
      await release();
      return 'the file';
    },
  },
];
