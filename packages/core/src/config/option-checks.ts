import { type Duration, MAX_LIFETIME, toMilliseconds } from '../common/duration.ts';
import { configError } from '../common/errors.ts';
import type { ClientCheck, OnClientChange } from '../http/client-checks/client-check.ts';
import { cookie } from '../http/transports/cookie.ts';
import { checkTransport, type Transport } from '../http/transports/transport.ts';
import type { Timeouts } from '../session/expiry.ts';
import type { SessionsOptions } from './options.ts';

const MIN_KEY_LENGTH = 32;

/** Throws `ERR_CONFIG` unless what was given fits. */
export function check(fits: boolean, option: string, given: unknown, expected: string): void {
  if (!fits) throw configError(option, given, expected);
}

/** Checks a number of things. */
export function checkCount(option: string, given: unknown): void {
  check(Number.isSafeInteger(given) && Number(given) > 0, option, given, 'a whole number above zero');
}

/** Checks that options in an object have known names: one misspelt would silently leave its default in place. */
export function checkKnown(option: string, given: object, known: readonly string[]): void {
  const expected = `an object of ${known.join(', ')}`;
  check(typeof given === 'object' && given !== null, option, given, expected);
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  check(unknown === undefined, option, unknown, expected);
}

/** Checks that a store has its two methods. */
export function checkStore(store: unknown): void {
  const { read, compareAndSet }: { read?: unknown; compareAndSet?: unknown } =
    typeof store === 'object' && store !== null ? store : {};
  const expected = 'a store with read and compareAndSet, such as memoryStore() or one of the store packages';
  check(typeof read === 'function' && typeof compareAndSet === 'function', 'store', store, expected);
}

/** Checks the options that are functions, and the schema. */
export function checkFunctions(options: SessionsOptions<object>): void {
  for (const name of ['initial', 'onEvent', 'now', 'randomBytes'] as const) {
    const given = options[name];
    check(given === undefined || typeof given === 'function', name, given, 'a function');
  }
  const { schema } = options;
  const fits = schema === undefined || typeof schema?.['~standard']?.validate === 'function';
  check(fits, 'schema', schema, 'a Standard Schema, as zod, valibot and arktype make them');
}

/** Reads a pair of timeouts, in milliseconds; `prefix` goes before their names in messages. */
export function checkTimeouts(
  given: { readonly idleTimeout?: Duration | false; readonly absoluteTimeout?: Duration | false },
  prefix: string,
  defaults: { readonly idle: string; readonly absolute: string },
): Timeouts {
  const { idleTimeout, absoluteTimeout = defaults.absolute } = given;
  const read = (option: string, value: Duration | false) =>
    value === false ? Number.POSITIVE_INFINITY : toMilliseconds(prefix + option, value);
  const absolute = Math.min(read('absoluteTimeout', absoluteTimeout), MAX_LIFETIME);
  // An idle timeout that nobody chose gives way to a shorter absolute one.
  const idle =
    idleTimeout === undefined
      ? Math.min(read('idleTimeout', defaults.idle), absolute)
      : read('idleTimeout', idleTimeout);
  check(
    idle <= absolute || idleTimeout === false,
    `${prefix}absoluteTimeout`,
    absoluteTimeout,
    `at least as long as ${prefix}idleTimeout, which could never be reached otherwise`,
  );
  return { idle, absolute };
}

/** Reads the times of renewal, in milliseconds; `Infinity` for never. */
export function checkRenewal(options: SessionsOptions<object>): { renewAfter: number; renewalGrace: number } {
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

/** Checks the transports and puts the default in. */
export function checkTransports(
  given: readonly Transport[] = [cookie()],
): readonly [Transport, ...Transport[]] {
  const expected = 'a list of cookie(), bearer(), header(name), query(name), form(name), at least one';
  check(Array.isArray(given), 'transports', given, expected);
  const [first, ...others] = given;
  if (first === undefined) throw configError('transports', given, expected);
  for (const each of given) {
    check(typeof each === 'object' && each !== null, 'transports', each, expected);
    checkTransport(each);
  }
  return [first, ...others];
}

/** Checks the signing keys, without telling anything of them. */
export function checkKeys(secrets: unknown): void {
  check(
    Array.isArray(secrets),
    'secrets',
    secrets === null ? null : typeof secrets,
    'a list of texts, the current one first',
  );
  for (const key of Array.isArray(secrets) ? secrets : []) {
    const fits = typeof key === 'string' && key.length >= MIN_KEY_LENGTH;
    // What was given stays out of the message: it may be most of a real key.
    check(
      fits,
      'secrets',
      typeof key === 'string' ? `${key.length} characters` : typeof key,
      `texts of at least ${MIN_KEY_LENGTH} random characters`,
    );
  }
}

/** Checks the client checks. */
export function checkClientChecks(given: readonly ClientCheck[] = []): readonly ClientCheck[] {
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

/** Checks what decides on a changed client. */
export function checkOnClientChange(given: OnClientChange = 'report'): OnClientChange {
  const fits = given === 'report' || given === 'refuse' || typeof given === 'function';
  check(fits, 'onClientChange', given, "'report', 'refuse' or a function");
  return given;
}

/** Checks the trusted origins. */
export function checkOrigins(given: readonly string[] = []): ReadonlySet<string> {
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
