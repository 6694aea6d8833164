import type { Json } from '../common/json.ts';
import type { Snapshot } from '../records/snapshot.ts';
import type { Accepted } from '../session/admission.ts';
import type { SessionState } from '../session/session-state.ts';
import type { Ended } from '../session/session-types.ts';
import type { Token } from '../session/token.ts';

/** What a well-formed token turned out to be. */
export type Resolution = Opened | Rejected;

/** A token that opens a session. */
export interface Opened {
  readonly kind: 'opened';
  /** The presented token, or the one derived from it for a successor. */
  readonly token: Token;
  readonly match: Accepted;
  readonly snapshot: Snapshot;
  /** Set if this session is the successor of a finished one, with the receipt of that one and the token that the client presented. */
  readonly handedOver: { readonly receipt: Json | undefined; readonly presented: Token } | undefined;
}

/** A token that opens no session, and why. */
export interface Rejected {
  readonly kind: 'rejected';
  readonly reason: Ended;
  readonly receipt?: Json | undefined;
  /** What the event says in place of `reason`, which the visitor may learn. */
  readonly reasonInEvent?: Ended;
  /** The session that the event names, if the token's secret was accepted. */
  readonly session?: { readonly id: string; readonly state: SessionState };
}

/** Makes the resolution of a token that opens no session. */
export function rejected(reason: Ended, receipt?: Json): Rejected {
  return { kind: 'rejected', reason, receipt };
}
