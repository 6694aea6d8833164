import { equal, ok } from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoreRecord } from '@coatcheck/core';
import type { Clause } from '../clause.ts';
import type { Probe } from '../probe.ts';
import { demandRecord, inHours, KEY, makeRecord } from '../record.ts';

const SECOND = 1000;
const LAST_DATE = 8.64e15;

/** Lists the clauses about `expiresAt`: a record may go once it has passed, and not a millisecond before. */
export function expiry(): readonly Clause[] {
  return [
    {
      title: 'takes a record whose moment has already passed',
      async check(lab) {
        const store = await lab.store();
        for (const [at, moment] of [1, Date.now() - 1].entries()) {
          const key = `${KEY}-${at}`;
          const elapsed = makeRecord(1, 'elapsed', moment);
          equal(await store.create(key, elapsed), true, 'Creating an elapsed record must answer true');
          const alive = `${key}-alive`;
          await store.put(alive, makeRecord(1));
          const answer = await store.replace(alive, 1, makeRecord(2, 'elapsed', moment));
          equal(answer, true, 'Replacing a live record by an elapsed one must answer true');
        }
      },
    },
    {
      title: 'agrees with itself on whether an expired record is still there',
      async check(lab) {
        const store = await lab.store();
        const elapsed = makeRecord(5, 'elapsed', Date.now() - SECOND);
        const next = makeRecord(6, 'next');
        const trials: readonly [string, boolean, (key: string) => Promise<boolean>][] = [
          ['creates', false, (key) => store.create(key, next)],
          ['replaces', true, (key) => store.replace(key, 5, next)],
          ['deletes', true, (key) => store.delete(key, 5)],
        ];
        for (const [what, needsRecord, write] of trials) {
          const key = `${KEY}-${what}`;
          await store.create(key, elapsed);
          const isThere = (await store.read(key)) !== undefined;
          const why = `read says that the expired record is ${isThere ? 'there' : 'gone'}; compareAndSet ${what} as if it were not so`;
          equal(await write(key), isThere === needsRecord, why);
        }
      },
    },
    {
      title: 'keeps moments that are far ahead exactly',
      async check(lab) {
        const store = await lab.store();
        for (const moment of [inHours(400 * 24) + 1, Date.UTC(9999, 11, 31, 23, 59, 59, 999), LAST_DATE]) {
          const record = makeRecord(1, 'far ahead', moment);
          await store.put(String(moment), record);
          await store.store.sweep?.(Date.now(), 100);
          await demandRecord(store, String(moment), record, 'Long before its moment');
        }
      },
    },
    {
      title: 'keeps a record until the very millisecond of its moment',
      async check(lab) {
        const store = await lab.store();
        const record = await putBriefRecord(store);
        await store.store.sweep?.(record.expiresAt - 1, 100);
        const found = await store.read(record.body);
        // Only a look that was over before the moment proves anything.
        if (Date.now() < record.expiresAt) ok(found !== undefined, 'The record went before its moment');
        else await this.check(lab);
      },
    },
    {
      title: 'keeps a record whose moment was moved on past its first one',
      async check(lab) {
        const store = await lab.store();
        for (let margin = 30; ; margin *= 2) {
          const key = `${KEY}-${margin}`;
          const first = Date.now() + margin;
          await store.put(key, makeRecord(1, 'first', first));
          const next = makeRecord(2, 'moved on');
          const won = await store.replace(key, 1, next);
          // Where the first moment came before the write there was nothing to move on.
          if (!won && margin < 10 * SECOND) continue;
          equal(won, true, 'Replacing the expected version must answer true');
          await until(first);
          await store.store.sweep?.(first, 100);
          return await demandRecord(store, key, next, 'After its first moment passed');
        }
      },
    },
  ];
}

/** Creates a record, under its body as the key, that is gone at once where a store counts in whole seconds and rounds down. */
async function putBriefRecord(store: Probe): Promise<StoreRecord> {
  const sinceSecond = Date.now() % SECOND;
  if (sinceSecond > 0.9 * SECOND) await until(Date.now() - sinceSecond + SECOND);
  const now = Date.now();
  const record = makeRecord(1, `brief-${now}`, now - (now % SECOND) + SECOND - 1);
  await store.put(record.body, record);
  return record;
}

/** Waits until the clock has passed a moment, which nothing but the clock can bring. */
async function until(moment: number): Promise<void> {
  for (let left = moment - Date.now(); left >= 0; left = moment - Date.now()) await delay(left + 1);
}
