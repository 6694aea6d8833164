import type { Admission } from '../records/change.ts';
import type { Snapshot } from '../records/snapshot.ts';
import type { SessionState } from '../session/session-state.ts';
import { deriveNext, type Token } from '../session/token.ts';

/** The session that a request has opened or begun. */
export interface CurrentSession {
  readonly id: string;
  /** The secret that the request presented, or that was drawn in it. */
  readonly secret: string;
  readonly admission: Admission;
  readonly state: SessionState;
  /** The record as last seen, from which the next write starts. */
  readonly base: Snapshot | undefined;
  /** Whether this request granted it. */
  readonly isNew?: boolean;
}

/** Makes the current session from a token and the record that it opens. */
export function currentSession({ id, secret }: Token, snapshot: Snapshot): CurrentSession {
  const { state } = snapshot;
  return { id, secret, admission: { generation: state.generation }, state, base: snapshot };
}

/**
 * Returns the session with the secret that a timed renewal under way has derived, which the client should present next. The session itself if there is none, or if
 * the key that it was derived with is no longer in the list.
 */
export function withNewestSecret(current: CurrentSession, signingKeys: readonly string[]): CurrentSession {
  const { next } = current.state;
  const secret = next && deriveNext(current.secret, next, signingKeys);
  return secret === undefined ? current : { ...current, secret };
}

/** A token that the response is to bring to the client. */
export interface OutgoingToken {
  readonly token: string;
  /** In milliseconds; undefined means until the browser closes. */
  readonly lifetime: number | undefined;
  /**
   * Set for a token that other responses bring too, as that of a timed renewal or of a successor. It is left out of a late response, where it could
   * overwrite a newer one.
   */
  readonly repeatable:
    | { readonly sessionId: string; readonly generation: number; readonly since: number }
    | undefined;
}
