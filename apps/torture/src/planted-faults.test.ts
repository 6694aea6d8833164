import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { ViolationKind } from './checker/violation.ts';
import type { Habits } from './client/habits.ts';
import { judge } from './judge.ts';
import { findNemesis } from './nemesis/nemeses.ts';
import type { Plant, StoreFault } from './server/spec.ts';
import { SqliteFile } from './stores/sqlite-file.ts';

vi.setConfig({ testTimeout: 300_000 });

/** How long a run lasts, and how many there are at most until something is found. On a machine with nothing else to do the first one finds it. */
const SECONDS = 4;
const MAX_RUNS = 10;

const directory = mkdtempSync(join(tmpdir(), 'coatcheck-planted-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Rule {
  readonly rule: string;
  readonly edits: readonly Plant[];
}

const rules: readonly Rule[] = JSON.parse(
  readFileSync(new URL('../../../packages/core/rules/rules.json', import.meta.url), 'utf8'),
);

/** Takes a rule out of the core, as `pnpm rules` does. */
function without(rule: string): readonly Plant[] {
  const edits = rules.find((each) => each.rule === rule)?.edits;
  if (edits === undefined) throw new Error(`There is no such rule: ${rule}`);
  return edits.map((edit) => ({ ...edit, file: `packages/core/${edit.file}` }));
}

/** A finish that comes second keeps the successor that it has prepared, in place of the one of the finish that won. */
const OWN_SUCCESSOR: Plant = {
  file: 'packages/core/src/request/finish.ts',
  find: `    if (successor !== undefined && isUnfinished) await endSuccessor(context, successor).catch(() => {});
    if (!saysEnded(error)) throw error;
    return lose(context, current);`,
  replace: `    if (!saysEnded(error)) throw error;
    const lost = await lose(context, current);
    if (successor !== undefined) context.issue(successor.session);
    return lost;`,
};

/** What browsers do who are about to meet a fault: several things at the same time. */
function racing(races: Habits['races']): Habits {
  return { acts: { add: 4, 'sign-in': 4, read: 2, race: 8 }, races };
}

interface Planted {
  readonly plants: readonly Plant[];
  readonly fault?: StoreFault;
  readonly habits: Habits;
}

/** Runs servers until the checker finds a violation, and returns the kinds of what it found. */
async function find(
  { plants, fault, habits }: Planted,
  kind?: ViolationKind,
): Promise<readonly ViolationKind[]> {
  const nemesis = findNemesis('sqlite', 'none');
  for (let seed = 1; ; seed += 1) {
    const store = new SqliteFile(fault);
    try {
      const run = { store, nemesis, seconds: SECONDS, seed, clients: 16, servers: 2, plants, habits };
      const { verdict } = await judge(run, directory);
      const kinds = verdict.violations.map((each) => each.kind);
      if (kind === undefined || kinds.includes(kind) || seed === MAX_RUNS) return kinds;
    } finally {
      await store.stop();
    }
  }
}

describe('a fault that is planted into the library is found:', () => {
  it.for<[what: string, planted: Planted, kind: ViolationKind]>([
    [
      'a sign-out beside a sign-in resolves while the session lives on',
      {
        plants: without('A sign-out ends the session whatever secret it has by then'),
        habits: racing({ 'sign-in': 3, 'sign-out': 2, renew: 2, add: 1 }),
      },
      'served after its end',
    ],
    [
      'a write is refused although it was applied',
      {
        plants: without('An update that rejected as not written was in no data'),
        fault: 'loses-results',
        habits: racing({ add: 4, read: 4, 'sign-out': 1, finish: 1 }),
      },
      'refused update',
    ],
    [
      'a finish ends its successor, which another request has been handed',
      {
        plants: without('A finish whose outcome is unknown leaves its successor alive'),
        fault: 'loses-results',
        habits: racing({ finish: 3, read: 1 }),
      },
      'lost session',
    ],
    [
      'a finished session has two successors',
      { plants: [OWN_SUCCESSOR], habits: racing({ finish: 3, read: 1 }) },
      'two successors',
    ],
  ])('%s', async ([, planted, kind]) => {
    expect(await find(planted, kind)).toContain(kind);
  });

  it('without one, a store that loses results breaks no promise', async () => {
    const habits = racing({ add: 2, finish: 2, read: 2, 'sign-in': 1, 'sign-out': 1 });
    const kinds = await find({ plants: [], fault: 'loses-results', habits });
    expect(kinds.filter((kind) => kind !== 'unexplained failure')).toEqual([]);
  });
});
