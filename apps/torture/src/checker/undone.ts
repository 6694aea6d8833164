import type { Undoing } from '../history/events.ts';
import type { Violation, ViolationKind } from './violation.ts';
import type { World } from './world.ts';

/** Writes that are acknowledged so long before or after a failover may be lost in it, in milliseconds. */
const BEFORE = 2000;
const AFTER = 5000;

/** What each fault may undo, as the documentation says. */
const UNDOES: Readonly<Record<Undoing, ReadonlySet<ViolationKind>>> = {
  // docs/promises.md: an asynchronous failover can undo the last acknowledged writes.
  failover: new Set([
    'lost update',
    'finished twice',
    'two orders',
    'two successors',
    'served after its end',
    'replaced token',
    'lost session',
  ]),
  // packages/redis/README.md: an eviction policy other than noeviction ends sessions early, and lets a revocation of a user miss some.
  eviction: new Set(['lost session', 'lost update', 'served after its end']),
  // docs/deadlines.md: on a server whose clock is further off, sessions end early or late.
  clock: new Set(['lost session', 'served after its end']),
};

/** Tells whether a violation is one that the documentation grants to the faults of the run. */
export function mayBeUndone({ run, faults }: World, { kind, since }: Violation): boolean {
  const { undoes } = run;
  if (undoes === undefined || !UNDOES[undoes].has(kind)) return false;
  if (undoes !== 'failover') return true;
  return faults.some(({ begin, end }) => since >= begin - BEFORE && since <= end + AFTER);
}
