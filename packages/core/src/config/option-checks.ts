import { type Duration, MAX_LIFETIME, toMilliseconds } from '../common/duration.ts';
import { configError, SessionError } from '../common/errors.ts';
import type { ClientCheck, OnClientChange } from '../http/client-checks/client-check.ts';
import { cookie } from '../http/transports/cookie.ts';
import { checkTransport, type Transport } from '../http/transports/transport.ts';
import type { Timeouts } from '../session/expiry.ts';
import { timeToSettle } from '../session/recovery.ts';
import type { SessionStore } from '../store/store.ts';
import { equivalentOf } from './foreign-options.ts';
import type { SessionsOptions } from './options.ts';

const MIN_KEY_LENGTH = 32;

/** Throws `ERR_CONFIG` unless the option fits. */
export function check(fits: boolean, option: string, received: unknown, expected: string): void {
  if (!fits) throw configError(option, received, expected);
}

/** Checks an option that counts something. */
export function checkCount(option: string, received: unknown): void {
  check(
    Number.isSafeInteger(received) && Number(received) > 0,
    option,
    received,
    'a whole number above zero',
  );
}

/** Checks that an object has known options only: a misspelt one would silently leave its default in place. */
export function checkKnown(option: string, received: object, known: readonly string[]): void {
  const expected = `an object of ${known.join(', ')}`;
  check(typeof received === 'object' && received !== null, option, received, expected);
  const unknown = Object.keys(received).find((key) => !known.includes(key));
  check(unknown === undefined, option, unknown, expected);
}

/** Checks for the options of other session libraries, and names what replaces them. */
export function checkForeign(options: object): void {
  for (const option of Object.keys(options)) {
    const equivalent = equivalentOf(option);
    if (equivalent !== undefined) {
      throw new SessionError(
        'ERR_CONFIG',
        `createSessions({ ${option} }) is an option of another library. Write instead: ${equivalent}.`,
      );
    }
  }
}

/** Checks an option that is true or false. */
export function checkBoolean(option: string, received: boolean): boolean {
  check(typeof received === 'boolean', option, received, 'true or false');
  return received;
}

/** Checks that the store can do what `broadcast` needs. */
export function checkBroadcast(received: boolean, { publish, subscribe }: SessionStore): boolean {
  checkBoolean('broadcast', received);
  const fits = !received || (typeof publish === 'function' && typeof subscribe === 'function');
  check(
    fits,
    'broadcast',
    received,
    'false or left out with a store without publish() and subscribe(); ask sessions.inspect() every few seconds instead',
  );
  return received;
}

/** Checks that the store has its two methods. */
export function checkStore(store: unknown): void {
  const { read, compareAndSet }: { read?: unknown; compareAndSet?: unknown } =
    typeof store === 'object' && store !== null ? store : {};
  const expected = 'a store with read and compareAndSet, such as memoryStore() or one of the store packages';
  check(typeof read === 'function' && typeof compareAndSet === 'function', 'store', store, expected);
}

/** Checks the options that are functions, and the schema. */
export function checkFunctions(options: SessionsOptions<object>): void {
  for (const name of ['initial', 'onEvent', 'now', 'randomBytes'] as const) {
    const received = options[name];
    check(received === undefined || typeof received === 'function', name, received, 'a function');
  }
  const { schema } = options;
  const fits = schema === undefined || typeof schema?.['~standard']?.validate === 'function';
  check(fits, 'schema', schema, 'a Standard Schema, such as one of zod, valibot or arktype');
}

/** Reads a pair of timeouts, in milliseconds. Messages put `prefix` before their names. */
export function checkTimeouts(
  received: { readonly idleTimeout?: Duration | false; readonly absoluteTimeout?: Duration | false },
  prefix: string,
  defaults: { readonly idle: Duration | false; readonly absolute: Duration },
): Timeouts {
  const { idleTimeout, absoluteTimeout = defaults.absolute } = received;
  const read = (option: string, value: Duration | false) =>
    value === false ? Number.POSITIVE_INFINITY : toMilliseconds(prefix + option, value);
  const absolute = Math.min(read('absoluteTimeout', absoluteTimeout), MAX_LIFETIME);
  // A default idle timeout gives way to a shorter absolute one.
  const idle =
    idleTimeout === undefined
      ? Math.min(read('idleTimeout', defaults.idle), absolute)
      : read('idleTimeout', idleTimeout);
  check(
    idle <= absolute || idleTimeout === false,
    `${prefix}absoluteTimeout`,
    absoluteTimeout,
    `at least as long as ${prefix}idleTimeout, which could otherwise never be reached`,
  );
  return { idle, absolute };
}

/** Reads the idle timeout of an anonymous session that is not used again, in milliseconds. */
export function checkAnonymousIdle(received: Duration | undefined, { idle }: Timeouts): number {
  if (received === undefined) return idle;
  const milliseconds = toMilliseconds('anonymousIdleTimeout', received);
  check(milliseconds <= idle, 'anonymousIdleTimeout', received, 'at most as long as idleTimeout');
  return milliseconds;
}

/** Reads the renewal options, in milliseconds; `Infinity` for never. */
export function checkRenewal(options: SessionsOptions<object>): { renewAfter: number; renewalGrace: number } {
  const { renewAfter: interval = '15m', renewalGrace: grace = '1m' } = options;
  const renewalGrace = toMilliseconds('renewalGrace', grace);
  const renewAfter = interval === false ? Number.POSITIVE_INFINITY : toMilliseconds('renewAfter', interval);
  check(
    renewAfter >= renewalGrace,
    'renewAfter',
    interval,
    `at least as long as renewalGrace (${grace}), so that a token outlives the requests sent with its predecessor`,
  );
  return { renewAfter, renewalGrace };
}

/** Checks the transports and fills in the default. */
export function checkTransports(
  received: readonly Transport[] = [cookie()],
): readonly [Transport, ...Transport[]] {
  const expected =
    'a list of cookie(), bearer(), dpop(), header(name), query(name), form(name), at least one';
  check(Array.isArray(received), 'transports', received, expected);
  const [first, ...others] = received;
  if (first === undefined) throw configError('transports', received, expected);
  for (const each of received) {
    check(typeof each === 'object' && each !== null, 'transports', each, expected);
    checkTransport(each);
  }
  return [first, ...others];
}

/**
 * Checks that a client keeps its token until it is sent again. The timer counts from the first use of a token, at most an idle timeout after it was sent; the next
 * one is sent at the first use after that.
 */
export function checkMaxAge(
  transports: readonly Transport[],
  { renewAfter, renewalGrace }: { readonly renewAfter: number; readonly renewalGrace: number },
  { idle, absolute }: Timeouts,
): void {
  const settling = timeToSettle(renewalGrace);
  const [interval, formula] =
    renewAfter >= settling ? [renewAfter, 'renewAfter'] : [settling, '30 s + 2 × renewalGrace'];
  const needed = Math.min(interval + 2 * idle, absolute);
  for (const { maxAge } of transports) {
    check(
      maxAge === undefined || maxAge >= needed,
      'cookie maxAge',
      maxAge,
      `at least ${needed} milliseconds (${needed < absolute ? `${formula} + 2 × idleTimeout` : 'absoluteTimeout'}), or the cookie expires while its session is in use`,
    );
  }
}

/** Checks the signing keys. Messages reveal nothing of them. */
export function checkKeys(secrets: unknown): void {
  check(
    Array.isArray(secrets),
    'secrets',
    secrets === null ? null : typeof secrets,
    'a list of strings, the current key first',
  );
  for (const key of Array.isArray(secrets) ? secrets : []) {
    const fits = typeof key === 'string' && key.length >= MIN_KEY_LENGTH;
    // The key stays out of the message: it may be most of a real one.
    check(
      fits,
      'secrets',
      typeof key === 'string' ? `${key.length} characters` : typeof key,
      `strings of at least ${MIN_KEY_LENGTH} random characters`,
    );
  }
}

/** Checks the client checks. */
export function checkClientChecks(received: readonly ClientCheck[] = []): readonly ClientCheck[] {
  const expected =
    "a list of ipAddress(), userAgent() from '@coatcheck/core/client-checks', or { name, observe }";
  check(Array.isArray(received), 'clientChecks', received, expected);
  for (const each of received) {
    check(
      typeof each?.name === 'string' && each.name !== '' && typeof each.observe === 'function',
      'clientChecks',
      each,
      expected,
    );
  }
  const names = received.map(({ name }) => name);
  check(
    new Set(names).size === names.length,
    'clientChecks',
    names.join(', '),
    'checks with different names',
  );
  return [...received];
}

/** Checks the decision on a changed client. */
export function checkOnClientChange(received: OnClientChange = 'report'): OnClientChange {
  const fits = received === 'report' || received === 'refuse' || typeof received === 'function';
  check(fits, 'onClientChange', received, "'report', 'refuse' or a function");
  return received;
}

/** Checks the trusted origins. */
export function checkOrigins(received: readonly string[] = []): ReadonlySet<string> {
  check(
    Array.isArray(received),
    'trustedOrigins',
    received,
    "a list of origins such as 'https://pay.example'",
  );
  for (const each of received) {
    const isText = typeof each === 'string';
    check(
      !(isText && each.includes('*')),
      'trustedOrigins',
      each,
      'whole origins without a wildcard, which would match nothing; list each one',
    );
    check(
      isText && isOrigin(each),
      'trustedOrigins',
      each,
      "an origin such as 'https://pay.example' or 'capacitor://localhost', without a path or a trailing slash",
    );
  }
  return new Set(received);
}

/** Tells whether a string is an origin as browsers write it. The URL standard gives schemes of apps and extensions no origin, but browsers send one. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol, host } = new URL(text);
  return origin === 'null' ? host !== '' && text === `${protocol}//${host}` : origin === text;
}
