import { describe, expect, it } from 'vitest';
import { readSoakOptions } from './options.ts';

describe('the command line of a soak', () => {
  it('names a store, with usual values for the rest', () => {
    expect(readSoakOptions(['--store', 'redis', '--minutes', '5'])).toEqual({
      store: 'redis',
      sessions: 200_000,
      minutes: 5,
      load: 70,
      servers: 3,
      clients: 32,
      seed: 1,
      out: '.',
    });
  });

  it.for<[args: string[], message: string]>([
    [[], "--store must be one of sqlite, redis, postgres; received ''"],
    [['--store', 'cluster'], "received 'cluster'"],
    [['--store', 'redis', '--sessions', '100'], '--sessions must be at least 4,000'],
    [['--store', 'redis', '--load', '100'], '--load must be below 100'],
    [['--store', 'redis', '--minutes', 'x'], "--minutes must be a whole number from 1; received 'x'"],
  ])('%j is refused', ([args, message]) => {
    expect(() => readSoakOptions(args)).toThrow(message);
  });
});
