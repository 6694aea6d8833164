import { equal } from 'node:assert/strict';
import type { StoreRecord } from '@coatcheck/core';
import type { Clause } from '../clause.ts';
import type { StoreFactory } from '../factory.ts';
import { inHours, KEY, makeRecord, requireAbsent, requireRecord } from '../record.ts';
import { betweenProcesses } from './between-processes.ts';

const WRITERS = 64;
const ROUNDS = 20;

/** Lists the clauses about concurrent writers of one key. */
export function contention(factory: StoreFactory): readonly Clause[] {
  const clauses: Clause[] = [
    {
      title: 'lets one of 64 writers create a record',
      async check(lab) {
        const store = await lab.store();
        const records = contenders(1, inHours(1));
        const won = await Promise.all(records.map((record) => store.create(KEY, record)));
        await requireRecord(store, KEY, onlyWinner(won, records), 'After one writer won');
      },
    },
    {
      title: 'lets one of 64 writers replace each version',
      async check(lab) {
        const store = await lab.store();
        const expiresAt = inHours(1);
        await store.put(KEY, makeRecord(1, 'the first', expiresAt));
        for (let version = 1; version <= ROUNDS; version += 1) {
          const records = contenders(version + 1, expiresAt);
          const won = await Promise.all(records.map((record) => store.replace(KEY, version, record)));
          await requireRecord(store, KEY, onlyWinner(won, records), 'After one writer won');
        }
      },
    },
    {
      title: 'lets one of 64 writers replace or delete a record',
      async check(lab) {
        const store = await lab.store();
        for (let round = 1; round <= ROUNDS; round += 1) {
          const key = `${KEY}-${round}`;
          const expiresAt = inHours(1);
          await store.put(key, makeRecord(1, 'the first', expiresAt));
          const records = contenders(2, expiresAt);
          const deletes = (at: number): boolean => (at + round) % 2 === 0;
          const won = await Promise.all(
            records.map((record, at) => (deletes(at) ? store.delete(key, 1) : store.replace(key, 1, record))),
          );
          const winner = onlyWinner(won, records);
          if (deletes(records.indexOf(winner))) await requireAbsent(store, key, 'After a deletion won');
          else await requireRecord(store, key, winner, 'After a replacement won');
        }
      },
    },
  ];
  if (factory.openElsewhere !== undefined) clauses.push(betweenProcesses);
  return clauses;
}

function contenders(version: number, expiresAt: number): StoreRecord[] {
  return Array.from({ length: WRITERS }, (_, at) => makeRecord(version, `written by ${at}`, expiresAt));
}

/** Requires that exactly one writer won, and returns what it wrote. */
function onlyWinner(won: readonly boolean[], records: readonly StoreRecord[]): StoreRecord {
  const winners = records.filter((_, at) => won[at]);
  const [winner] = winners;
  equal(
    winners.length,
    1,
    `Of ${won.length} concurrent writers, exactly one must win; ${winners.length} did`,
  );
  if (winner === undefined) throw new Error('There is no winner.');
  return winner;
}
