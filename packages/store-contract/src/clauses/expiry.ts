import { equal, ok } from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoreRecord } from '@coatcheck/core';
import type { Clause } from '../clause.ts';
import type { Probe } from '../probe.ts';
import { inHours, KEY, makeRecord, requireRecord } from '../record.ts';

const SECOND = 1000;
/** The database of a test may run on a machine of its own. */
const MAX_SKEW = 60 * SECOND;
const LAST_DATE = 8.64e15;

/** Lists the clauses about `expiresAt`: a record may be removed once it has passed, and not a millisecond before. */
export function expiry(): readonly Clause[] {
  return [
    {
      title: 'accepts a record whose deadline has passed',
      async check(lab) {
        const store = await lab.store();
        for (const [at, deadline] of [1, Date.now() - 1].entries()) {
          const key = `${KEY}-${at}`;
          const expired = makeRecord(1, 'expired', deadline);
          equal(await store.create(key, expired), true, 'Creating an expired record must return true');
          const active = `${key}-active`;
          await store.put(active, makeRecord(1));
          const result = await store.replace(active, 1, makeRecord(2, 'expired', deadline));
          equal(result, true, 'Replacing an active record with an expired one must return true');
        }
      },
    },
    {
      title: 'agrees between read and compareAndSet whether an expired record exists',
      async check(lab) {
        const store = await lab.store();
        const expired = makeRecord(5, 'expired', Date.now() - SECOND);
        const next = makeRecord(6, 'next');
        const trials: readonly [string, boolean, (key: string) => Promise<boolean>][] = [
          ['creates', false, (key) => store.create(key, next)],
          ['replaces', true, (key) => store.replace(key, 5, next)],
          ['deletes', true, (key) => store.delete(key, 5)],
        ];
        for (const [what, needsRecord, write] of trials) {
          const key = `${KEY}-${what}`;
          await store.create(key, expired);
          const exists = (await store.read(key)) !== undefined;
          const why = `read says that the expired record ${exists ? 'exists' : 'is gone'}, but compareAndSet ${what} as if it ${exists ? 'were gone' : 'existed'}`;
          equal(await write(key), exists === needsRecord, why);
        }
      },
    },
    {
      title: 'keeps distant deadlines exactly',
      async check(lab) {
        const store = await lab.store();
        for (const deadline of [inHours(400 * 24) + 1, Date.UTC(9999, 11, 31, 23, 59, 59, 999), LAST_DATE]) {
          const record = makeRecord(1, 'distant', deadline);
          await store.put(String(deadline), record);
          await store.store.sweep?.(Date.now(), 100);
          await requireRecord(store, String(deadline), record, 'Long before its deadline');
        }
      },
    },
    {
      title: 'keeps a record until the exact millisecond of its deadline',
      async check(lab) {
        const store = await lab.store();
        const record = await putBriefRecord(store);
        await store.store.sweep?.(record.expiresAt - 1, 100);
        const found = await store.read(record.body);
        // Only a read that finished before the deadline proves anything.
        if (Date.now() < record.expiresAt)
          ok(found !== undefined, 'The record was removed before its deadline');
        else await this.check(lab);
      },
    },
    {
      title: 'keeps a record past its first deadline after an extension',
      async check(lab) {
        const store = await lab.store();
        for (let margin = 30; ; margin *= 2) {
          const key = `${KEY}-${margin}`;
          const first = Date.now() + margin;
          await store.put(key, makeRecord(1, 'first', first));
          const next = makeRecord(2, 'extended');
          const won = await store.replace(key, 1, next);
          // If the first deadline passed before the write, there was nothing to extend.
          if (!won && margin < 10 * SECOND) continue;
          equal(won, true, 'Replacing the expected version must return true');
          await until(first);
          await store.store.sweep?.(first, 100);
          return await requireRecord(store, key, next, 'After its first deadline has passed');
        }
      },
    },
    {
      title: 'tells its time in milliseconds since the epoch, if it does so',
      async check(lab) {
        const { store } = await lab.store();
        if (store.now === undefined) return;
        const time: unknown = await store.now();
        const isClose = typeof time === 'number' && Math.abs(Date.now() - time) < MAX_SKEW;
        ok(isClose, `now() must return the time within a minute of this machine's; received ${String(time)}`);
      },
    },
  ];
}

/** Creates a record, with its body as the key, that expires at the end of a second. A store that rounds down to whole seconds removes it at once. */
async function putBriefRecord(store: Probe): Promise<StoreRecord> {
  const before = Date.now();
  const sinceSecond = before % SECOND;
  if (sinceSecond > 0.9 * SECOND) await until(before - sinceSecond + SECOND);
  const now = Date.now();
  const record = makeRecord(1, `brief-${now}`, now - (now % SECOND) + SECOND - 1);
  await store.put(record.body, record);
  return record;
}

/** Waits until the clock has passed a time. */
async function until(time: number): Promise<void> {
  for (let left = time - Date.now(); left >= 0; left = time - Date.now()) await delay(left + 1);
}
