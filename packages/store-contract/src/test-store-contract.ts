import type { ClauseGroup } from './clause.ts';
import { bodies } from './clauses/bodies.ts';
import { broadcasting } from './clauses/broadcasting.ts';
import { comparing } from './clauses/comparing.ts';
import { contention } from './clauses/contention.ts';
import { expiry } from './clauses/expiry.ts';
import { failure } from './clauses/failure.ts';
import { keys } from './clauses/keys.ts';
import { results } from './clauses/results.ts';
import { separation } from './clauses/separation.ts';
import { sweeping } from './clauses/sweeping.ts';
import { versions } from './clauses/versions.ts';
import type { StoreFactory, TestRunner } from './factory.ts';
import { Lab } from './lab.ts';

const GROUPS: readonly ClauseGroup[] = [
  { title: 'comparing', clauses: comparing },
  { title: 'results', clauses: results },
  { title: 'bodies', clauses: bodies },
  { title: 'versions', clauses: versions },
  { title: 'keys', clauses: keys },
  { title: 'expiry', clauses: expiry },
  { title: 'sweeping', clauses: sweeping },
  { title: 'separation', clauses: separation },
  { title: 'contention', clauses: contention },
  { title: 'broadcasting', clauses: broadcasting },
  { title: 'failure', clauses: failure },
];

/** Far more than any clause needs, in milliseconds. The default of vitest and jest, 5 s, is too short for the clause that starts four processes. */
const TIMEOUT = 60_000;

/**
 * Registers the contract of a session store as tests, one for each clause.
 *
 * A store that passes keeps every promise that `@coatcheck/core` relies on. No clause can be switched off. The optional methods
 * (`sweep`, `clear`, `close`, `publish` with `subscribe`) are tested if the store has them.
 *
 * @example
 * ```ts
 * import { describe, it } from 'vitest';
 *
 * testStoreContract({ describe, it }, { createStore, createNeighbour, createBrokenStore });
 * ```
 */
export function testStoreContract({ describe, it }: TestRunner, factory: StoreFactory): void {
  describe('session store contract', () => {
    for (const { title, clauses } of GROUPS) {
      describe(title, () => {
        for (const clause of clauses(factory)) {
          const run = async (): Promise<void> => {
            const lab = new Lab(factory);
            try {
              await clause.check(lab);
            } finally {
              await lab.close();
            }
          };
          it(clause.title, run, TIMEOUT);
        }
      });
    }
  });
}
