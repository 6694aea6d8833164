import type { Awaitable } from '../common/awaitable.ts';
import { andThen } from '../common/awaitable.ts';
import type { Json } from '../common/json.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { type Accepted, judge, type Verdict } from '../session/admission.ts';
import type { Ended } from '../session/session-types.ts';
import { deriveSecret, hashSecret, type Token } from '../session/token.ts';
import type { StoreRecord } from '../store/store.ts';
import type { RequestVisit } from './request-context.ts';

/** What a well-formed token turned out to be. */
export type Finding = Opens | Closed;

/** A token that opens a session. */
export interface Opens {
  readonly kind: 'opens';
  /** The token that opens it: the one presented, or the one derived from it for a successor. */
  readonly token: Token;
  readonly match: Accepted;
  readonly snapshot: Snapshot;
  /** The receipt of the finished session in whose place this one is handed over. */
  readonly handedOver: { readonly receipt: Json | undefined } | undefined;
}

/** A token that opens nothing, and why. */
export interface Closed {
  readonly kind: 'closed';
  readonly reason: Ended;
  readonly receipt?: Json | undefined;
}

/**
 * Finds out what a token opens. Reads the record unless it is at hand, and deletes it where its time is over or a thief has shown himself;
 * nothing else is written here.
 */
export function examine(visit: RequestVisit<object>, token: Token, known?: StoreRecord): Awaitable<Finding> {
  return andThen(known ?? visit.engine.port.read(token.id), (record) => conclude(visit, token, record));
}

/** Judges a token by its record. */
function conclude(
  visit: RequestVisit<object>,
  token: Token,
  record: StoreRecord | undefined,
): Awaitable<Finding> {
  const { config, records } = visit.engine;
  if (record === undefined) return closed('unknown');
  const now = config.now();
  const decoded = records.decode(record);
  if (decoded === undefined) return closed('unreadable');
  const { state } = decoded;
  const snapshot: Snapshot = { record, state, seenAt: now, decoded };
  const verdict = judge(state, {
    hash: hashSecret(token.secret),
    openedAt: visit.openedAt,
    now,
    renewalGrace: config.renewalGrace,
    client: () => visit.look(),
  });
  switch (verdict.kind) {
    case 'open':
      return { kind: 'opens', token, match: verdict.match, snapshot, handedOver: undefined };
    case 'unknown':
      return closed('unknown');
    case 'finished':
      return andThen(
        successorOf(visit, token, snapshot),
        (successor) => successor ?? closed('finished', state.finish?.receipt),
      );
    case 'expired':
      return closeExpired(visit, token, snapshot, verdict);
    case 'retired':
      return closeRetired(visit, token, snapshot, verdict);
  }
}

/** Deletes a record whose time is over before it says so. */
async function closeExpired(
  visit: RequestVisit<object>,
  token: Token,
  { record, state }: Snapshot,
  { reason, accepted }: Extract<Verdict, { kind: 'expired' }>,
): Promise<Finding> {
  const deleted = await visit.engine.port.delete(token.id, record);
  if (typeof deleted === 'object') return examine(visit, token, deleted);
  if (deleted === 'deleted' && state.finish === undefined) {
    visit.emit({ type: 'expired', reason }, state, token.id);
  }
  return closed(accepted && state.finish === undefined ? reason : 'unknown');
}

/** Tells of a retired secret, and ends the session for both where somebody certainly has a copy. */
async function closeRetired(
  visit: RequestVisit<object>,
  token: Token,
  { record, state }: Snapshot,
  { stolen }: Extract<Verdict, { kind: 'retired' }>,
): Promise<Finding> {
  if (stolen) {
    const deleted = await visit.engine.port.delete(token.id, record);
    if (typeof deleted === 'object') return examine(visit, token, deleted);
    visit.engine.noteRaised(token.id, Number.POSITIVE_INFINITY);
  }
  visit.emit({ type: 'reused', ended: stolen }, state, token.id);
  return closed('retired');
}

/** Finds the session that carries the user on, for whoever presents again, within the grace, the very token that the session was finished with. */
function successorOf(
  visit: RequestVisit<object>,
  token: Token,
  { state }: Snapshot,
): Awaitable<Opens | undefined> {
  const { finish } = state;
  if (finish?.successor === undefined) return undefined;
  if (visit.openedAt - finish.at > visit.engine.config.renewalGrace) return undefined;
  const { id, nonce } = finish.successor;
  return andThen(examine(visit, { id, secret: deriveSecret(token.secret, nonce) }), (found) =>
    found.kind === 'opens' ? { ...found, handedOver: { receipt: finish.receipt } } : undefined,
  );
}

/** Makes the finding of a token that opens nothing. */
export function closed(reason: Ended, receipt?: Json): Closed {
  return { kind: 'closed', reason, receipt };
}
