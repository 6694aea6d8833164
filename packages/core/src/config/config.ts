import type { StandardSchemaV1 } from '@standard-schema/spec';
import { isProduction } from '../common/environment.ts';
import { pooledRandomBytes, type RandomBytes } from '../common/random.ts';
import type { ClientCheck, OnClientChange } from '../http/client-checks/client-check.ts';
import type { Transport } from '../http/transports/transport.ts';
import type { SessionEvent } from '../session/events.ts';
import type { Timeouts } from '../session/expiry.ts';
import type { SessionState } from '../session/session-state.ts';
import type { SignInOptions } from '../session/session-types.ts';
import type { SessionStore } from '../store/store.ts';
import type { DeviceBinder } from './device-binder.ts';
import {
  check,
  checkAnonymousIdle,
  checkBoolean,
  checkBroadcast,
  checkClientChecks,
  checkCount,
  checkForeign,
  checkFunctions,
  checkKeys,
  checkKnown,
  checkMaxAge,
  checkOnClientChange,
  checkOrigins,
  checkRenewal,
  checkStore,
  checkTimeouts,
  checkTransports,
} from './option-checks.ts';
import type { SessionsOptions } from './options.ts';

/** The checked options, with every default filled in. */
export interface Config<Data extends object> {
  readonly store: SessionStore;
  readonly initial: () => Data;
  readonly schema: StandardSchemaV1<unknown, Data> | undefined;
  readonly timeouts: Timeouts;
  readonly rememberTimeouts: Timeouts;
  /** Those of an anonymous session that no later request has used. */
  readonly firstUseTimeouts: Timeouts;
  /** `Infinity` for never. */
  readonly renewAfter: number;
  readonly renewalGrace: number;
  readonly grantAtVisit: boolean;
  readonly transports: readonly [Transport, ...Transport[]];
  readonly signingKeys: readonly string[];
  readonly clientChecks: readonly ClientCheck[];
  readonly onClientChange: OnClientChange;
  readonly deviceBinding: DeviceBinder | undefined;
  readonly trustedOrigins: ReadonlySet<string>;
  readonly maxPerUser: number;
  readonly onExceed: 'end-oldest' | 'refuse';
  readonly maxDataBytes: number;
  readonly broadcast: boolean;
  readonly onEvent: ((event: SessionEvent) => void) | undefined;
  readonly warnOnConsole: boolean;
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
}

const KNOWN: readonly string[] = [
  'store',
  'initial',
  'schema',
  'idleTimeout',
  'absoluteTimeout',
  'anonymousIdleTimeout',
  'remember',
  'renewAfter',
  'renewalGrace',
  'grant',
  'transports',
  'secrets',
  'clientChecks',
  'onClientChange',
  'deviceBinding',
  'trustedOrigins',
  'perUser',
  'maxDataBytes',
  'broadcast',
  'onEvent',
  'warnOnConsole',
  'now',
  'randomBytes',
];

/**
 * Returns the timeouts of a session: those of `remember` if its user signed in with it, and shorter ones in an anonymous session's first request. An idle timeout of
 * the session's own takes precedence; its absolute timeout has become a deadline.
 */
export function timeoutsOf(
  config: Pick<Config<object>, 'timeouts' | 'rememberTimeouts' | 'firstUseTimeouts'>,
  user: SessionState['user'],
  isFirstUse = false,
): Timeouts {
  if (user === undefined && isFirstUse) return config.firstUseTimeouts;
  const timeouts = user?.remembered === true ? config.rememberTimeouts : config.timeouts;
  return user?.idle === undefined ? timeouts : { ...timeouts, idle: user.idle };
}

/**
 * Checks the options of a sign-in, and returns the timeouts of the session and the idle timeout that it has of its own.
 *
 * @throws SessionError `ERR_CONFIG`
 */
export function checkSignIn(
  config: Pick<
    Config<object>,
    'timeouts' | 'rememberTimeouts' | 'renewAfter' | 'renewalGrace' | 'transports' | 'deviceBinding'
  >,
  options: Pick<SignInOptions<never>, 'bind' | 'remember' | 'idleTimeout' | 'absoluteTimeout'>,
): { readonly timeouts: Timeouts; readonly idle: number | undefined } {
  checkKnown('signIn(userId, options)', options, SIGN_IN_OPTIONS);
  const { bind, remember, idleTimeout, absoluteTimeout } = options;
  check(
    bind !== true || config.deviceBinding !== undefined,
    'signIn option bind',
    bind,
    'left out without the option deviceBinding',
  );
  const usual = remember === true ? config.rememberTimeouts : config.timeouts;
  if (idleTimeout === undefined && absoluteTimeout === undefined) return { timeouts: usual, idle: undefined };
  const { idle, absolute } = usual;
  const defaults = { idle: idle === Number.POSITIVE_INFINITY ? false : idle, absolute } as const;
  const timeouts = checkTimeouts(options, 'signIn option ', defaults);
  // The cookie of a remembered sign-in is kept until the absolute deadline.
  if (remember !== true) checkMaxAge(config.transports, config, timeouts);
  return { timeouts, idle: idleTimeout === undefined ? undefined : timeouts.idle };
}

const SIGN_IN_OPTIONS: readonly string[] = ['remember', 'idleTimeout', 'absoluteTimeout', 'bind', 'data'];

/** Checks the options and fills in the defaults. */
export function checkOptions<Data extends object>(options: SessionsOptions<Data>): Config<Data> {
  check(
    typeof options === 'object' && options !== null,
    'createSessions(options)',
    options,
    'an object with at least a store',
  );
  checkForeign(options);
  checkKnown('createSessions(options)', options, KNOWN);
  checkStore(options.store);
  checkFunctions(options);
  const renewal = checkRenewal(options);
  const { grant = 'first-write', maxDataBytes = 65_536, perUser = {}, remember = {}, secrets = [] } = options;
  checkKnown('perUser', perUser, ['max', 'onExceed']);
  checkKnown('remember', remember, ['idleTimeout', 'absoluteTimeout']);
  const { max = 100, onExceed = 'end-oldest' } = perUser;
  check(grant === 'first-write' || grant === 'first-visit', 'grant', grant, "'first-write' or 'first-visit'");
  checkCount('maxDataBytes', maxDataBytes);
  checkCount('perUser.max', max);
  check(
    onExceed === 'end-oldest' || onExceed === 'refuse',
    'perUser.onExceed',
    onExceed,
    "'end-oldest' or 'refuse'",
  );
  checkKeys(secrets);
  const timeouts = checkTimeouts(options, '', { idle: '30m', absolute: '12h' });
  const transports = checkTransports(options.transports);
  checkMaxAge(transports, renewal, timeouts);
  const { deviceBinding } = options;
  check(
    deviceBinding === undefined || typeof deviceBinding?.attach === 'function',
    'deviceBinding',
    deviceBinding,
    "deviceBinding() of '@coatcheck/core/device-binding', or left out",
  );
  // Read at each call, so that a test's fake timers work when they are installed later.
  const now = options.now ?? (() => Date.now());
  const randomBytes = options.randomBytes ?? pooledRandomBytes();
  return {
    store: options.store,
    // The types allow `initial` to be left out only if {} is valid data.
    initial: options.initial ?? (() => ({}) as Data),
    schema: options.schema,
    timeouts,
    firstUseTimeouts: { ...timeouts, idle: checkAnonymousIdle(options.anonymousIdleTimeout, timeouts) },
    rememberTimeouts: checkTimeouts(remember, 'remember.', { idle: '14d', absolute: '90d' }),
    ...renewal,
    grantAtVisit: grant === 'first-visit',
    transports,
    signingKeys: [...secrets],
    clientChecks: checkClientChecks(options.clientChecks),
    onClientChange: checkOnClientChange(options.onClientChange),
    deviceBinding: deviceBinding?.attach({ transports, ...renewal, now, randomBytes }),
    trustedOrigins: checkOrigins(options.trustedOrigins),
    maxPerUser: max,
    onExceed,
    maxDataBytes,
    broadcast: checkBroadcast(options.broadcast ?? false, options.store),
    onEvent: options.onEvent,
    warnOnConsole: checkBoolean('warnOnConsole', options.warnOnConsole ?? !isProduction()),
    now,
    randomBytes,
  };
}
