import calculateSlot from 'cluster-key-slot';

/** How many slots a Redis Cluster has. */
export const SLOTS = 16_384;

/**
 * Returns how much fuller the fullest primary of a cluster is than the average one, as a part of the average. `keys` are those of the sessions in Redis; each primary has
 * a range of the slots, as `redis-cli --cluster create` and `rebalance` give it one.
 */
export function excessOf(primaries: number, keys: Iterable<string>): number {
  const held = new Array<number>(primaries).fill(0);
  let total = 0;
  for (const key of keys) {
    const primary = Math.floor((calculateSlot(key) * primaries) / SLOTS);
    held[primary] = (held[primary] ?? 0) + 1;
    total += 1;
  }
  return (Math.max(...held) * primaries) / total - 1;
}

/**
 * Returns the excess that chance alone gives the fullest of so many primaries, for sessions with random IDs: six standard deviations of a binomial distribution, and one slot
 * that a primary may have more than another.
 */
export function expectedExcess(primaries: number, sessions: number): number {
  return 6 * Math.sqrt((primaries - 1) / sessions) + primaries / SLOTS;
}
