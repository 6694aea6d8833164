import { describe, expect, it } from 'vitest';
import { RESPONDS } from './ordered-store.ts';
import { runProgram } from './program.ts';

const PROGRAMS = 10_000;
const PARTS = 10;
/** Every fourth program also runs over each store that responds without promises. */
const EVERY = 4;
/** `SEARCH_SEED=4711 SEARCH_STORE=at-once pnpm vitest run packages/core/test/fuzz` replays one program and prints its trace. */
const REPLAYED = process.env['SEARCH_SEED'];
const STORE = RESPONDS.find((each) => each === process.env['SEARCH_STORE']);

/** What a run of this size must reach, or it searches in the wrong place. */
const MUST_REACH = [
  ...['crash', 'store-failed', 'conflict', 'expired', 'confirmed', 'reissued', 'touched'],
  ...['recovered', 'reused', 'served late'],
  ...['update', 'signIn', 'renew', 'finish', 'destroy', 'revoke', 'revokeUser'],
  ...['update ERR_SESSION_ENDED', 'signIn ERR_SIGN_IN_REVOKED', 'signIn ERR_USER_LIMIT'],
];

describe('whatever the order of store calls, crashes and failures', () => {
  if (REPLAYED !== undefined) {
    it(`the program of seed ${REPLAYED} keeps every promise`, async () => {
      const { broken, trace } = await runProgram(Number(REPLAYED), STORE);
      process.stdout.write(`${trace.join('\n')}\n`);
      expect(broken).toBeUndefined();
    });
    return;
  }
  const reached = new Set<string>();
  for (let part = 0; part < PARTS; part += 1) {
    const first = 1 + (part * PROGRAMS) / PARTS;
    const last = first + PROGRAMS / PARTS - 1;
    it(`the programs of seeds ${first} to ${last} keep every promise`, { timeout: 120_000 }, async () => {
      for (let seed = first; seed <= last; seed += 1) {
        for (const store of seed % EVERY === 0 ? RESPONDS : RESPONDS.slice(0, 1)) {
          const result = await runProgram(seed, store);
          for (const each of result.reached) reached.add(each);
          expect(result.broken, `broken by SEARCH_SEED=${seed} SEARCH_STORE=${store}`).toBeUndefined();
        }
      }
    });
  }
  it('the search reached everything that it is about', () => {
    expect([...reached]).toEqual(expect.arrayContaining(MUST_REACH));
  });
});
