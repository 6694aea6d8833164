import type { Ended } from './session-types.ts';

/** What every event carries, where it is known. None of it opens anything. */
export interface EventContext {
  /** When it happened, in milliseconds since the epoch, by the clock of the `Sessions`. */
  readonly at: number;
  /** The session's ID. */
  readonly sessionId?: string | undefined;
  /** The user who is, or was, signed in. */
  readonly userId?: string | undefined;
  /** The client's address, as the adapter gave it. */
  readonly ip?: string | undefined;
}

/** Tells what happened, for logs, audits and rate limiters. */
export type SessionEvent = EventContext &
  (
    | { readonly type: 'granted' }
    | { readonly type: 'signed-in'; readonly remembered: boolean }
    /** A new secret was drawn: by the timer, or because `renew()` asked. */
    | { readonly type: 'renewed'; readonly by: 'timer' | 'call' }
    /** The client presented the renewed token: the one before is retired. */
    | { readonly type: 'confirmed' }
    /** The renewed token was sent again, since the client still presents the one before. */
    | { readonly type: 'reissued' }
    /** A retired token was presented after its grace. `ended` tells whether the session was ended for it. */
    | { readonly type: 'reused'; readonly ended: boolean }
    | { readonly type: 'touched' }
    | { readonly type: 'finished'; readonly successorId?: string | undefined }
    | { readonly type: 'destroyed' }
    /** Somebody other than the visitor ended it: a call of `revoke` or `revokeUser`, the limit for a user, or another user's sign-in on it. */
    | { readonly type: 'revoked'; readonly by: 'revoke' | 'revoke-user' | 'limit' | 'sign-in' }
    | { readonly type: 'expired'; readonly reason: 'idle' | 'absolute' }
    /** A presented token opened nothing, or a request from another site was refused. */
    | { readonly type: 'refused'; readonly reason: Ended; readonly origin?: string | undefined }
    /** Checks of the client gave another answer than the session remembers. */
    | { readonly type: 'client-changed'; readonly changes: readonly string[]; readonly refused: boolean }
    /** A write met another writer's and was repeated. */
    | { readonly type: 'conflict' }
    | { readonly type: 'store-failed'; readonly operation: 'read' | 'write' | 'sweep' | 'clear' }
  );

/** The names of all events. */
export type SessionEventType = SessionEvent['type'];
