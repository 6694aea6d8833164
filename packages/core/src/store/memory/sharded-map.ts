const SHARDS = 256;

/** Maps keys to values in many small maps. A large Map that shrinks copies all its entries at once and blocks the event loop; a small one does not. */
export class ShardedMap<V> {
  readonly #shards = Array.from({ length: SHARDS }, () => new Map<string, V>());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of keys in the largest shard. */
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

  /** Picks a shard by characters near the middle and the end: session IDs are random throughout, but users' keys share their beginning. */
  #shardOf(key: string): Map<string, V> {
    const { length } = key;
    const mixed =
      key.charCodeAt(length >> 1) * 31 + key.charCodeAt(length - 2) * 7 + key.charCodeAt(length - 3);
    // For a very short key the sum is NaN, which counts as 0.
    const shard = this.#shards[mixed & (SHARDS - 1)];
    if (shard === undefined) throw new RangeError('No such shard');
    return shard;
  }
}
