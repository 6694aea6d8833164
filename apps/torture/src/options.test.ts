import { describe, expect, it } from 'vitest';
import { nemesesOf } from './nemesis/nemeses.ts';
import { readOptions } from './options.ts';

describe('the command line', () => {
  it('names one pair, with usual values for the rest', () => {
    const { pairs, ...others } = readOptions(['--store', 'redis', '--nemesis', 'kill-server']);
    expect(pairs).toMatchObject([{ store: 'redis', nemesis: { name: 'kill-server' } }]);
    expect(others).toEqual({
      seconds: 20,
      seeds: [1],
      clients: 24,
      servers: 3,
      keep: undefined,
      json: undefined,
    });
  });

  it('takes every nemesis of every store, and several seeds', () => {
    const { pairs, seeds } = readOptions(['--store', 'all', '--nemesis', 'all', '--seed', '3,4']);
    expect(pairs).toHaveLength(
      (['sqlite', 'redis', 'cluster', 'postgres'] as const).flatMap(nemesesOf).length,
    );
    expect(seeds).toEqual([3, 4]);
  });

  it.for<[args: string[], message: string]>([
    [['--nemesis', 'none'], '--store must be all or one of sqlite, redis, cluster, postgres'],
    [['--store', 'mysql'], "received 'mysql'"],
    [['--store', 'sqlite', '--nemesis', 'silent'], '--nemesis must be all or one of none, kill-server'],
    [['--store', 'sqlite', '--seconds', '0'], "--seconds must be a whole number from 1; received '0'"],
    [['--store', 'sqlite', '--seed', '1,x'], "--seed must be a whole number from 1; received 'x'"],
    [['--store', 'sqlite', '--color'], '--color'],
  ])('%j is refused', ([args, message]) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
