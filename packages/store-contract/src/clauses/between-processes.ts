import { deepEqual, equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { Contender } from '../contender-process.ts';
import { inHours, KEY, makeRecord, requireRecord } from '../record.ts';

const PROCESSES = 4;
const WRITERS_EACH = 16;
const ATTEMPTS_EACH = 25;

/** Requires that a store shared by several processes has one winner for each version. */
export const betweenProcesses: Clause = {
  title: 'lets one of 64 writers in four processes write each version',
  async check(lab) {
    const store = await lab.store();
    const expiresAt = inHours(1);
    await store.put(KEY, makeRecord(1, 'the first', expiresAt));
    const elsewhere = await lab.elsewhere(store);
    const contenders = Array.from({ length: PROCESSES }, () => new Contender(elsewhere));
    try {
      await Promise.all(contenders.map((contender) => contender.opened()));
      const task = { key: KEY, expiresAt, writers: WRITERS_EACH, attempts: ATTEMPTS_EACH };
      const wins = await Promise.all(
        contenders.map((contender, at) => contender.write({ ...task, name: `process ${at}` })),
      );
      const all = wins.flat().sort((a, b) => a.version - b.version);
      const versions = all.map(({ version }) => version);
      const inTurn = versions.map((_, at) => at + 2);
      deepEqual(versions, inTurn, 'Of the writers in four processes, exactly one must win each version');
      const last = all.at(-1);
      if (last === undefined) return equal(all.length > 0, true, 'At least one writer must win');
      await requireRecord(store, KEY, { ...last, expiresAt }, 'After the last writer won');
    } finally {
      await Promise.all(contenders.map((contender) => contender.end()));
    }
  },
};
