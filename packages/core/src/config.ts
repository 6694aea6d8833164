import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ClientCheck, OnClientChange } from './client-checks/client-check.ts';
import { configError } from './config-error.ts';
import { toMilliseconds } from './duration.ts';
import type { SessionEvent } from './events.ts';
import { LONGEST_LIFE, type Timeouts } from './expiry.ts';
import type { SessionsOptions } from './options.ts';
import { pooledRandomBytes, type RandomBytes } from './random.ts';
import type { SessionState } from './session-state.ts';
import type { Duration } from './session-types.ts';
import type { SessionStore } from './store.ts';
import { cookie } from './transports/cookie.ts';
import type { Transport } from './transports/transport.ts';

/** The options, checked and with every default in place. */
export interface Config<Data extends object> {
  readonly store: SessionStore;
  readonly initial: () => Data;
  readonly schema: StandardSchemaV1<unknown, Data> | undefined;
  readonly timeouts: Timeouts;
  readonly rememberTimeouts: Timeouts;
  /** `Infinity` for never. */
  readonly renewAfter: number;
  readonly renewalGrace: number;
  readonly grantAtVisit: boolean;
  readonly transports: readonly [Transport, ...Transport[]];
  readonly signingKeys: readonly string[];
  readonly clientChecks: readonly ClientCheck[];
  readonly onClientChange: OnClientChange;
  readonly trustedOrigins: ReadonlySet<string>;
  readonly maxPerUser: number;
  readonly onExceed: 'end-oldest' | 'refuse';
  readonly maxDataBytes: number;
  readonly onEvent: ((event: SessionEvent) => void) | undefined;
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
}

const KNOWN: readonly string[] = [
  'store',
  'initial',
  'schema',
  'idleTimeout',
  'absoluteTimeout',
  'remember',
  'renewAfter',
  'renewalGrace',
  'grant',
  'transports',
  'secrets',
  'clientChecks',
  'onClientChange',
  'trustedOrigins',
  'perUser',
  'maxDataBytes',
  'onEvent',
  'now',
  'randomBytes',
];
const SHORTEST_KEY = 32;

/** Gives the timeouts that a session lives by. */
export function timeoutsOf(
  config: Pick<Config<object>, 'timeouts' | 'rememberTimeouts'>,
  user: SessionState['user'],
): Timeouts {
  return user?.remembered === true ? config.rememberTimeouts : config.timeouts;
}

/** Checks the options and puts the defaults in. */
export function checkOptions<Data extends object>(options: SessionsOptions<Data>): Config<Data> {
  check(
    typeof options === 'object' && options !== null,
    'createSessions(options)',
    options,
    'an object with at least a store',
  );
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined)
    throw configError('createSessions(options)', unknown, `made of ${KNOWN.join(', ')}`);
  checkStore(options.store);
  checkFunctions(options);
  const renewal = checkRenewal(options);
  const { grant = 'first-write', maxDataBytes = 65_536, perUser = {}, secrets = [] } = options;
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
  return {
    store: options.store,
    // Where `initial` is left out, the types have made sure that {} is valid data.
    initial: options.initial ?? (() => ({}) as Data),
    schema: options.schema,
    timeouts: checkTimeouts(options, '', { idle: '30m', absolute: '12h' }),
    rememberTimeouts: checkTimeouts(options.remember ?? {}, 'remember.', { idle: '14d', absolute: '90d' }),
    ...renewal,
    grantAtVisit: grant === 'first-visit',
    transports: checkTransports(options.transports),
    signingKeys: [...secrets],
    clientChecks: checkClientChecks(options.clientChecks ?? []),
    onClientChange: checkOnClientChange(options.onClientChange ?? 'report'),
    trustedOrigins: checkOrigins(options.trustedOrigins ?? []),
    maxPerUser: max,
    onExceed,
    maxDataBytes,
    onEvent: options.onEvent,
    now: options.now ?? Date.now,
    randomBytes: options.randomBytes ?? pooledRandomBytes(),
  };
}

function check(fits: boolean, option: string, given: unknown, expected: string): void {
  if (!fits) throw configError(option, given, expected);
}

function checkCount(option: string, given: unknown): void {
  check(Number.isSafeInteger(given) && Number(given) > 0, option, given, 'a whole number above zero');
}

function checkStore(store: unknown): void {
  const { read, compareAndSet }: { read?: unknown; compareAndSet?: unknown } =
    typeof store === 'object' && store !== null ? store : {};
  const expected = 'a store with read and compareAndSet, such as memoryStore() or one of the store packages';
  check(typeof read === 'function' && typeof compareAndSet === 'function', 'store', store, expected);
}

function checkFunctions(options: SessionsOptions<object>): void {
  for (const name of ['initial', 'onEvent', 'now', 'randomBytes'] as const) {
    const given = options[name];
    check(given === undefined || typeof given === 'function', name, given, 'a function');
  }
  const { schema } = options;
  const fits = schema === undefined || typeof schema['~standard']?.validate === 'function';
  check(fits, 'schema', schema, 'a Standard Schema, as zod, valibot and arktype make them');
}

function checkTimeouts(
  given: { readonly idleTimeout?: Duration | false; readonly absoluteTimeout?: Duration | false },
  prefix: string,
  defaults: { readonly idle: string; readonly absolute: string },
): Timeouts {
  const read = (option: string, value: Duration | false) =>
    value === false ? Number.POSITIVE_INFINITY : toMilliseconds(prefix + option, value);
  const absolute = Math.min(
    read('absoluteTimeout', given.absoluteTimeout ?? defaults.absolute),
    LONGEST_LIFE,
  );
  // An idle timeout that nobody chose gives way to a shorter absolute one.
  const idle =
    given.idleTimeout === undefined
      ? Math.min(read('idleTimeout', defaults.idle), absolute)
      : read('idleTimeout', given.idleTimeout);
  check(
    idle <= absolute || given.idleTimeout === false,
    `${prefix}absoluteTimeout`,
    given.absoluteTimeout,
    `at least as long as ${prefix}idleTimeout, which could never be reached otherwise`,
  );
  return { idle, absolute };
}

function checkRenewal(options: SessionsOptions<object>): { renewAfter: number; renewalGrace: number } {
  const { renewAfter: given = '15m', renewalGrace: graceGiven = '1m' } = options;
  const renewalGrace = toMilliseconds('renewalGrace', graceGiven);
  const renewAfter = given === false ? Number.POSITIVE_INFINITY : toMilliseconds('renewAfter', given);
  check(
    renewAfter >= renewalGrace,
    'renewAfter',
    given,
    `at least as long as renewalGrace (${graceGiven}): a token must outlive the requests that set out with the one before`,
  );
  return { renewAfter, renewalGrace };
}

function checkTransports(given: readonly Transport[] = [cookie()]): readonly [Transport, ...Transport[]] {
  const expected = 'a list of cookie(), bearer(), header(name), query(name), form(name), at least one';
  check(Array.isArray(given), 'transports', given, expected);
  const [first, ...others] = given;
  if (first === undefined) throw configError('transports', given, expected);
  for (const each of given) check(typeof each?.present === 'function', 'transports', each, expected);
  return [first, ...others];
}

function checkKeys(secrets: unknown): void {
  check(
    Array.isArray(secrets),
    'secrets',
    secrets === null ? null : typeof secrets,
    'a list of texts, the current one first',
  );
  for (const key of Array.isArray(secrets) ? secrets : []) {
    const fits = typeof key === 'string' && key.length >= SHORTEST_KEY;
    // What was given stays out of the message: it may be most of a real key.
    check(
      fits,
      'secrets',
      typeof key === 'string' ? `${key.length} characters` : typeof key,
      `texts of at least ${SHORTEST_KEY} random characters`,
    );
  }
}

function checkClientChecks(given: readonly ClientCheck[]): readonly ClientCheck[] {
  const expected =
    "a list of ipAddress(), userAgent() from '@coatcheck/core/client-checks', or { name, observe }";
  check(Array.isArray(given), 'clientChecks', given, expected);
  for (const each of given) {
    check(
      typeof each?.name === 'string' && each.name !== '' && typeof each.observe === 'function',
      'clientChecks',
      each,
      expected,
    );
  }
  const names = given.map(({ name }) => name);
  check(new Set(names).size === names.length, 'clientChecks', names.join(', '), 'checks of different names');
  return [...given];
}

function checkOnClientChange(given: OnClientChange): OnClientChange {
  const fits = given === 'report' || given === 'refuse' || typeof given === 'function';
  check(fits, 'onClientChange', given, "'report', 'refuse' or a function");
  return given;
}

function checkOrigins(given: readonly string[]): ReadonlySet<string> {
  check(Array.isArray(given), 'trustedOrigins', given, "a list of origins such as 'https://pay.example'");
  for (const each of given) {
    const fits =
      typeof each === 'string' && URL.canParse(each) && new URL(each).origin === each && each !== 'null';
    check(
      fits,
      'trustedOrigins',
      each,
      "an origin such as 'https://pay.example', without a path or a trailing slash",
    );
  }
  return new Set(given);
}
