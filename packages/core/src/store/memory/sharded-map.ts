const SHARDS = 256;

/**
 * Maps keys to values in many small maps. A large map that shrinks copies all that is left in it, and nothing else runs for as long; a small one takes a moment.
 */
export class ShardedMap<V> {
  readonly #shards = Array.from({ length: SHARDS }, () => new Map<string, V>());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How many keys the fullest of the small maps holds. */
  get largestShard(): number {
    return Math.max(...this.#shards.map(({ size }) => size));
  }

  get(key: string): V | undefined {
    return this.#shardOf(key).get(key);
  }

  set(key: string, value: V): void {
    const shard = this.#shardOf(key);
    this.#size -= shard.size;
    shard.set(key, value);
    this.#size += shard.size;
  }

  delete(key: string): boolean {
    const isDeleted = this.#shardOf(key).delete(key);
    if (isDeleted) this.#size -= 1;
    return isDeleted;
  }

  clear(): void {
    for (const shard of this.#shards) shard.clear();
    this.#size = 0;
  }

  /** Session IDs are random all along; a user's key only after what all of them begin with, and perhaps only at its end. */
  #shardOf(key: string): Map<string, V> {
    const { length } = key;
    const mixed =
      key.charCodeAt(length >> 1) * 31 + key.charCodeAt(length - 2) * 7 + key.charCodeAt(length - 3);
    // Where the key is too short for that the sum is NaN, which counts as zero.
    const shard = this.#shards[mixed & (SHARDS - 1)];
    if (shard === undefined) throw new RangeError('There is no such shard');
    return shard;
  }
}
