import { expect, it } from 'vitest';
import { runBoundProgram } from './bound-program.ts';
import { RESPONDS } from './ordered-store.ts';

const PROGRAMS = 150;
/** Every third program also runs over each store that responds without promises. */
const EVERY = 3;
const REPLAYED = process.env['BOUND_SEED'];
/** What a run of this size must reach, or it searches in the wrong place. */
const MUST_REACH = [
  ...['device-registered', 'device-bound', 'device-refreshed', 'device-refused', 'register 403'],
  ...['refresh lost', 'refresh 200', 'refused unbound', 'theft', 'theft after the lifetime'],
  ...['signIn', 'renew', 'finish', 'confirmed', 'conflict'],
];

it('whatever the order of store calls and the losses: no owner is signed out, and no theft is served after the lifetime', {
  timeout: 120_000,
}, async () => {
  const seeds =
    REPLAYED === undefined ? Array.from({ length: PROGRAMS }, (_, i) => i + 1) : [Number(REPLAYED)];
  const reached = new Set<string>();
  for (const seed of seeds) {
    const isReplayed = REPLAYED !== undefined;
    for (const store of isReplayed || seed % EVERY === 0 ? RESPONDS : RESPONDS.slice(0, 1)) {
      const result = await runBoundProgram(seed, undefined, undefined, store);
      for (const each of result.reached.keys()) reached.add(each);
      expect(
        result.broken,
        `broken by BOUND_SEED=${seed} over a store that responds ${store}`,
      ).toBeUndefined();
    }
  }
  if (REPLAYED === undefined) expect([...reached]).toEqual(expect.arrayContaining(MUST_REACH));
});

it('60 browsers that lose half of the responses: none is signed out, and no theft is served', {
  timeout: 120_000,
}, async () => {
  const { broken, reached } = await runBoundProgram(1, 60, 0.5);
  expect(broken).toBeUndefined();
  expect(reached.get('refresh lost')).toBeGreaterThan(100);
  expect(reached.get('theft after the lifetime')).toBeGreaterThan(100);
});
