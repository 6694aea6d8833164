import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Duration } from '../common/duration.ts';
import type { RandomBytes } from '../common/random.ts';
import type { ClientCheck, OnClientChange } from '../http/client-checks/client-check.ts';
import type { Transport } from '../http/transports/transport.ts';
import type { SessionEvent } from '../session/events.ts';
import type { SessionStore } from '../store/store.ts';

/** Sets up sessions. Each option is checked when they are created: a mistake throws `ERR_CONFIG`. */
export interface SessionsOptions<Data extends object> {
  /** Where sessions are kept. */
  readonly store: SessionStore;
  /** Gives the data of a session just granted. May be left out only where `{}` is valid data. */
  readonly initial?: (() => Data) | undefined;
  /** Checks the data at the first access after a load and at every write. A Standard Schema (zod, valibot, arktype), synchronous; the type of the data is inferred from it. */
  readonly schema?: StandardSchemaV1<unknown, Data> | undefined;
  /** Ends a session this long after its last use (OWASP ASVS 7.3.1). Default 30 minutes; false: none. */
  readonly idleTimeout?: Duration | false;
  /** Ends a session this long after it was granted or signed in, whatever its use (OWASP ASVS 7.3.2). Default 12 hours; false: none, then 400 days. */
  readonly absoluteTimeout?: Duration | false;
  /** The timeouts of a sign-in with `remember: true`, whose cookie outlives the browser. Default: 14 days idle, 90 days absolute. */
  readonly remember?: {
    readonly idleTimeout?: Duration | false;
    readonly absoluteTimeout?: Duration | false;
  };
  /** Replaces a cookie's secret this long after it was issued. Default 15 minutes; false: only at sign-in and on demand. */
  readonly renewAfter?: Duration | false;
  /** Serves a replaced token for this long, so that requests under way are not lost. Default 1 minute. */
  readonly renewalGrace?: Duration;
  /** When a visitor gets a session: at the first write (default), or at the first visit. */
  readonly grant?: 'first-write' | 'first-visit';
  /** Where the token travels: the first that carries one decides. Default `[cookie()]`. */
  readonly transports?: readonly Transport[];
  /** Signs tokens with the first and accepts those signed with any, so that forged ones cost no store call. Each at least 32 characters. Default: tokens are not signed. */
  readonly secrets?: readonly string[];
  /** Compares each request's client with the one that the session remembers; from `@coatcheck/core/client-checks`. Default none. */
  readonly clientChecks?: readonly ClientCheck[];
  /** What a differing client means: `report` (default) serves and tells, `refuse` opens nothing, and a function decides. */
  readonly onClientChange?: OnClientChange;
  /** Origins, such as `https://pay.example`, whose pages may send writes here. Default none. */
  readonly trustedOrigins?: readonly string[];
  /** Limits a user's sessions. Default 100, the one longest unused ending for a new one; `refuse` fails the sign-in with `ERR_USER_LIMIT`. */
  readonly perUser?: { readonly max?: number; readonly onExceed?: 'end-oldest' | 'refuse' };
  /** The most that the data's JSON, or a receipt's, may take in UTF-8. Default 65,536. */
  readonly maxDataBytes?: number;
  /** Hears of what happens, for logs, audits and rate limiters. What it throws is dropped. */
  readonly onEvent?: ((event: SessionEvent) => void) | undefined;
  /** Tells the time in milliseconds since the epoch. Default `Date.now`. Servers' clocks must agree within 10 s. */
  readonly now?: () => number;
  /** Draws random bytes. Default: the platform's CSPRNG, by way of a pool that is wiped as it is used. */
  readonly randomBytes?: RandomBytes;
}
