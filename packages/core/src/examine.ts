import { type Accepted, judge } from './admission.ts';
import type { Json } from './json.ts';
import type { RequestVisit } from './request-visit.ts';
import type { Ended } from './session-types.ts';
import type { Snapshot } from './snapshot.ts';
import type { StoreRecord } from './store.ts';
import { deriveSecret, hashSecret, type Token } from './token.ts';

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
export async function examine(
  visit: RequestVisit<object>,
  token: Token,
  known?: StoreRecord,
): Promise<Finding> {
  const { port, config, records } = visit.engine;
  const hash = hashSecret(token.secret);
  let record = known ?? (await port.read(token.id));
  for (;;) {
    if (record === undefined) return closed('unknown');
    const now = config.now();
    const decoded = records.decode(record);
    if (decoded === undefined) return closed('unreadable');
    const { state } = decoded;
    const snapshot: Snapshot = { record, state, seenAt: now, decoded };
    const verdict = judge(state, {
      hash,
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
        return (await successorOf(visit, token, snapshot)) ?? closed('finished', state.finish?.receipt);
      case 'expired': {
        const deleted = await port.delete(token.id, record);
        if (typeof deleted === 'object') {
          record = deleted;
          break;
        }
        if (deleted === 'deleted' && state.finish === undefined) {
          visit.emit({ type: 'expired', reason: verdict.reason }, state, token.id);
        }
        return closed(verdict.accepted && state.finish === undefined ? verdict.reason : 'unknown');
      }
      case 'retired': {
        if (verdict.stolen) {
          const deleted = await port.delete(token.id, record);
          if (typeof deleted === 'object') {
            record = deleted;
            break;
          }
          visit.engine.noteRaised(token.id, Number.POSITIVE_INFINITY);
        }
        visit.emit({ type: 'reused', ended: verdict.stolen }, state, token.id);
        return closed('retired');
      }
    }
  }
}

/** Finds the session that carries the user on, for whoever presents again, within the grace, the very token that the session was finished with. */
async function successorOf(
  visit: RequestVisit<object>,
  token: Token,
  { state }: Snapshot,
): Promise<Opens | undefined> {
  const { finish } = state;
  if (finish?.successor === undefined) return undefined;
  if (visit.openedAt - finish.at > visit.engine.config.renewalGrace) return undefined;
  const { id, nonce } = finish.successor;
  const found = await examine(visit, { id, secret: deriveSecret(token.secret, nonce) });
  return found.kind === 'opens' ? { ...found, handedOver: { receipt: finish.receipt } } : undefined;
}

function closed(reason: Ended, receipt?: Json): Closed {
  return { kind: 'closed', reason, receipt };
}
