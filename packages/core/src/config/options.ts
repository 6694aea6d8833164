import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Duration } from '../common/duration.ts';
import type { RandomBytes } from '../common/random.ts';
import type { ClientCheck, OnClientChange } from '../http/client-checks/client-check.ts';
import type { Transport } from '../http/transports/transport.ts';
import type { SessionEvent } from '../session/events.ts';
import type { SessionStore } from '../store/store.ts';
import type { DeviceBinding } from './device-binder.ts';

/** Configures sessions. `createSessions` checks every option and throws `ERR_CONFIG` for a wrong one. */
export interface SessionsOptions<Data extends object> {
  /** Keeps the sessions. */
  readonly store: SessionStore;
  /** Returns the data of a new session. Required unless `{}` is valid data. */
  readonly initial?: (() => Data) | undefined;
  /** Validates the data when it is first read in a request, and at every write. A synchronous Standard Schema (zod, valibot, arktype); the type of the data is inferred from it. */
  readonly schema?: StandardSchemaV1<unknown, Data> | undefined;
  /** Ends a session this long after its last use (OWASP ASVS 7.3.1). Default 30 minutes. `false`: never. */
  readonly idleTimeout?: Duration | false;
  /** Ends a session this long after it was granted or signed in, even while it is used (OWASP ASVS 7.3.2). Default 12 hours. `false`: after 400 days. */
  readonly absoluteTimeout?: Duration | false;
  /**
   * Ends an anonymous session this long after the request that granted it, unless a later request uses it; from then on `idleTimeout` applies.
   * Limits what clients that keep no cookie leave in the store. At most `idleTimeout`, the default.
   */
  readonly anonymousIdleTimeout?: Duration;
  /** Sets the timeouts of a sign-in with `remember: true`, whose cookie outlives the browser. Default: 14 days idle, 90 days absolute. */
  readonly remember?: {
    readonly idleTimeout?: Duration | false;
    readonly absoluteTimeout?: Duration | false;
  };
  /** Renews a cookie's secret this long after it was issued. Default 15 minutes. `false`: only at sign-in and by `renew()`. */
  readonly renewAfter?: Duration | false;
  /** Accepts a renewed token's predecessor for this long, so that requests under way succeed. Default 1 minute. */
  readonly renewalGrace?: Duration;
  /** Chooses when a visitor gets a session: at the first write (default), or at the first visit. */
  readonly grant?: 'first-write' | 'first-visit';
  /** Lists where a token may travel. The first transport that carries one is used. Default `[cookie()]`. */
  readonly transports?: readonly Transport[];
  /** Signs tokens with the first key and accepts tokens signed with any, so that a forged token costs no store call. At least 32 random characters each. Default: tokens are not signed. */
  readonly secrets?: readonly string[];
  /** Compares each request's client with the session's earlier ones. See `@coatcheck/core/client-checks`. Default none. */
  readonly clientChecks?: readonly ClientCheck[];
  /** Chooses what happens when a check differs: `report` (default) serves the request and emits an event, `refuse` opens no session, and a function decides. */
  readonly onClientChange?: OnClientChange;
  /** Binds the sessions of signed-in users to a key of the visitor's device: `deviceBinding()` of `@coatcheck/core/device-binding`. Default: none. */
  readonly deviceBinding?: DeviceBinding | undefined;
  /** Lists other origins, such as `https://pay.example`, whose pages may send writes here. Default none. */
  readonly trustedOrigins?: readonly string[];
  /** Limits the sessions of one user. Default 100. At the limit, `end-oldest` (default) ends the one unused for longest, and `refuse` fails the sign-in with `ERR_USER_LIMIT`. */
  readonly perUser?: { readonly max?: number; readonly onExceed?: 'end-oldest' | 'refuse' };
  /** Limits the JSON of the data, and of a receipt, in UTF-8 bytes. Default 65,536. */
  readonly maxDataBytes?: number;
  /**
   * Tells all processes of the app which sessions end, so that `session.watch()` works. Set it in every process of the app. Costs one message through the store for
   * each sign-out, revocation, `finish`, `renew()` and sign-in into an existing session, which no call waits for. The store must have `publish` and `subscribe`, as
   * `memoryStore`, `@coatcheck/redis` and `@coatcheck/postgres` have. Default: false.
   */
  readonly broadcast?: boolean;
  /** Receives every event, for logs, audits and rate limiters. Errors that it throws are ignored. */
  readonly onEvent?: ((event: SessionEvent) => void) | undefined;
  /** Prints the first warning of each code in this process. Default: true, unless NODE_ENV is `production` or the runtime is Cloudflare Workers. The event `warning` is sent either way. */
  readonly warnOnConsole?: boolean;
  /** Returns the time in milliseconds since the epoch. Default `Date.now`. The servers' clocks must agree within 10 s. */
  readonly now?: () => number;
  /** Returns random bytes. Default: the platform's CSPRNG, through a pool that is wiped as it is used. */
  readonly randomBytes?: RandomBytes;
}
