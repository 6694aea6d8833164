import type { Lines } from '../stores/store-under-test.ts';
import { anyServer, between, type Nemesis, type Target } from './nemesis.ts';

const NETWORKED = ['redis', 'cluster', 'postgres'] as const;

/** Does something to the lines of one server, or of all, and mends them. */
async function atLines(target: Target, act: (lines: Lines) => Promise<void>): Promise<string> {
  const isAll = target.random.chance(0.3);
  const struck = isAll ? target.servers : [anyServer(target)];
  const all = struck.map(({ index }) => {
    const lines = target.store.linesOf(index);
    if (lines === undefined) throw new Error(`The store ${target.store.kind} is not reached over a network.`);
    return lines;
  });
  try {
    await Promise.all(all.map(act));
  } finally {
    for (const lines of all) lines.mend();
  }
  return struck.map(({ index }) => `server ${index}`).join(', ');
}

/** What happens between a server and the store. */
export const NETWORK_NEMESES: readonly Nemesis[] = [
  {
    name: 'delay',
    what: 'what a server and the store say to each other arrives 20 ms to 3 s late, which may be after the timeout',
    stores: NETWORKED,
    strike: (target) =>
      atLines(target, async (lines) => {
        const { random } = target;
        lines.delay(random.chance(0.5) ? between(random, 20, 400) : between(random, 400, 3000));
        await target.pause(between(random, 1500, 4000));
      }),
  },
  {
    name: 'cut',
    what: 'the connections between a server and the store are reset, and new ones too, for 50 ms to 2 s',
    stores: NETWORKED,
    strike: (target) =>
      atLines(target, async (lines) => {
        lines.cut('broken');
        await target.pause(between(target.random, 50, 2000));
      }),
  },
  {
    name: 'half-close',
    what: 'the connections between a server and the store are closed in one direction',
    stores: NETWORKED,
    strike: (target) =>
      atLines(target, async (lines) => {
        lines.halfClose(target.random.chance(0.5) ? 'client' : 'server');
        await target.pause(100);
      }),
  },
  {
    name: 'silent',
    what: 'nothing passes between a server and the store for 3 to 5 s, although the connections are open',
    stores: NETWORKED,
    strike: (target) =>
      atLines(target, async (lines) => {
        lines.cut('silent');
        await target.pause(between(target.random, 3000, 5000));
      }),
  },
];
