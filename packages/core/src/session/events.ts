import type { SessionErrorCode } from '../common/errors.ts';
import type { Ended } from './session-types.ts';
import type { WarningCode } from './warnings.ts';

/** Contains what every event carries, if it is known. None of it opens a session. */
export interface EventContext {
  /** When it happened, in milliseconds since the epoch, by the `now` of the `Sessions`. */
  readonly at: number;
  /** The session's ID. */
  readonly sessionId?: string | undefined;
  /** The user who is, or was, signed in. */
  readonly userId?: string | undefined;
  /** The client's address, as the adapter received it. */
  readonly ip?: string | undefined;
}

/** Reports what happened, for logs, audits and rate limiters. */
export type SessionEvent = EventContext &
  (
    | { readonly type: 'granted' }
    | { readonly type: 'signed-in'; readonly remembered: boolean }
    /** A new secret was drawn: by the timer, or by a call of `renew()`. */
    | { readonly type: 'renewed'; readonly by: 'timer' | 'call' }
    /** The client presented the renewed token, so the one before is retired. */
    | { readonly type: 'confirmed' }
    /** The renewed token was sent again, because the client still presented the one before. */
    | { readonly type: 'reissued' }
    /**
     * A retired token was presented after its grace, by a client that looks the same, while the newer one had been used for at most about two minutes: a
     * browser that crashed before its cookies were on disk. It was served, and sent the newer token again.
     */
    | { readonly type: 'recovered' }
    /** A retired token was presented after its grace and refused. `ended`: the session was ended because of it. */
    | { readonly type: 'reused'; readonly ended: boolean }
    | { readonly type: 'touched' }
    | { readonly type: 'finished'; readonly successorId?: string | undefined }
    | { readonly type: 'destroyed' }
    /** Something other than the visitor's own request ended it: `revoke`, `revokeUser`, the user's limit, or another user's sign-in over it. */
    | { readonly type: 'revoked'; readonly by: 'revoke' | 'revoke-user' | 'limit' | 'sign-in' }
    | { readonly type: 'expired'; readonly reason: 'idle' | 'absolute' }
    /** A presented token opened nothing, or the request came from another site. */
    | { readonly type: 'refused'; readonly reason: Ended; readonly origin?: string | undefined }
    /** The browser registered a key of its device. It is bound once it presents the cookie that this brought. */
    | { readonly type: 'device-registered' }
    /** The session is bound to the device from now on. */
    | { readonly type: 'device-bound' }
    /** The browser proved that it has the key, and got a new bound cookie. */
    | { readonly type: 'device-refreshed' }
    /** A proof was refused: it is none, its challenge is stale or of no session, or its signature does not fit the key. */
    | { readonly type: 'device-refused'; readonly reason: 'proof' | 'challenge' | 'signature' }
    /** The named client checks returned other values than before. */
    | { readonly type: 'client-changed'; readonly changes: readonly string[]; readonly refused: boolean }
    /** Another writer was faster, and the write was repeated. */
    | { readonly type: 'conflict' }
    /** A call of the session rejected, whether or not the app awaited it. `code` is undefined for an error that the app threw. */
    | {
        readonly type: 'call-failed';
        readonly call: 'load' | 'reload' | 'update' | 'signIn' | 'renew' | 'finish' | 'destroy' | 'seal';
        readonly code: SessionErrorCode | undefined;
      }
    /** Something goes wrong silently. `page` explains the code; `message` says what to do. At most one a minute for each code. */
    | {
        readonly type: 'warning';
        readonly code: WarningCode;
        readonly message: string;
        readonly page: string;
      }
    /** A call of the store failed. `reason` says why, without keys and data. */
    | {
        readonly type: 'store-failed';
        readonly operation: 'read' | 'write' | 'sweep' | 'clear' | 'publish' | 'subscribe';
        readonly reason: string;
      }
  );

/** The names of all events. */
export type SessionEventType = SessionEvent['type'];
