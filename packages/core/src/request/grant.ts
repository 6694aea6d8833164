import { timeoutsOf } from '../config/config.ts';
import { type Snapshot, snapshotFor } from '../records/snapshot.ts';
import { begun } from '../session/lifecycle.ts';
import type { SignedIn } from '../session/session-state.ts';
import { drawId, drawSecret, hashSecret } from '../session/token.ts';
import { outcomeUnknown } from '../store/store-port.ts';
import { checkedJson } from './data-change.ts';
import { type Held, heldBy, type RequestVisit, responseSealed } from './request-context.ts';

const CREATE_ATTEMPTS = 3;

/** Grants a session: writes its first record and lets the token go out. */
export async function grant<Data extends object, R>(
  visit: RequestVisit<Data>,
  change: (data: Data) => { readonly data: Data; readonly result: R },
): Promise<R> {
  visit.refuseSealed();
  const { data, result } = change(visit.initialData());
  const held = await create(visit, checkedJson(visit, data), undefined);
  if (visit.isSealed) {
    await takeBack(visit, held);
    throw responseSealed();
  }
  visit.issue(held);
  visit.emit({ type: 'granted' });
  return result;
}

/** Sets what a session takes over from the one in whose place it begins. */
export interface Inheritance {
  readonly secret: string;
  readonly absoluteDeadline: number;
}

/** Writes a new session under an ID that nobody knows yet, with a secret of its own and all its time before it, unless it inherits them. */
export async function create(
  visit: RequestVisit<object>,
  data: string,
  user: SignedIn | undefined,
  inheritance?: Inheritance,
): Promise<Held> {
  const { config, port } = visit.engine;
  for (let attempt = 1; attempt <= CREATE_ATTEMPTS; attempt += 1) {
    const id = drawId(config.randomBytes);
    const secret = inheritance?.secret ?? drawSecret(config.randomBytes);
    const now = config.now();
    const state = begun({
      now,
      secretHash: hashSecret(secret),
      timeouts: timeoutsOf(config, user),
      notAfter: inheritance?.absoluteDeadline,
      client: visit.look(),
      observed: visit.observe(),
      user,
      data,
    });
    const snapshot = snapshotFor(state, undefined, config.randomBytes, now);
    if (await port.create(id, snapshot.record)) {
      visit.engine.sweepIfDue();
      return heldBy({ id, secret }, snapshot);
    }
  }
  throw outcomeUnknown();
}

/** Deletes a session whose token never went out. */
async function takeBack(visit: RequestVisit<object>, held: Held): Promise<void> {
  const base: Snapshot | undefined = held.base;
  if (base !== undefined) await visit.engine.port.delete(held.id, base.record);
}
