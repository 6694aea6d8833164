import type { ClauseGroup } from './clause.ts';
import { answers } from './clauses/answers.ts';
import { bodies } from './clauses/bodies.ts';
import { comparing } from './clauses/comparing.ts';
import { contention } from './clauses/contention.ts';
import { expiry } from './clauses/expiry.ts';
import { failure } from './clauses/failure.ts';
import { keys } from './clauses/keys.ts';
import { separation } from './clauses/separation.ts';
import { sweeping } from './clauses/sweeping.ts';
import { versions } from './clauses/versions.ts';
import type { StoreFactory, TestRunner } from './factory.ts';
import { Lab } from './lab.ts';

const GROUPS: readonly ClauseGroup[] = [
  { title: 'comparing', clauses: comparing },
  { title: 'answers', clauses: answers },
  { title: 'bodies', clauses: bodies },
  { title: 'versions', clauses: versions },
  { title: 'keys', clauses: keys },
  { title: 'expiry', clauses: expiry },
  { title: 'sweeping', clauses: sweeping },
  { title: 'separation', clauses: separation },
  { title: 'contention', clauses: contention },
  { title: 'failure', clauses: failure },
];

/** Far more than any clause needs, and above the 5 s that vitest and jest allow by themselves: one clause starts four processes. */
const TIMEOUT = 60_000;

/**
 * Registers the contract of a session store as tests, one for each clause.
 *
 * A store that passes keeps every promise that `@coatcheck/core` builds on. There is nothing to switch off: what the
 * contract leaves to the store (`sweep`, `clear`, `close`) is tried where the store has that method.
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
