import { SessionError } from '@coatcheck/core';

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /**
   * Sets the prefix of the store's keys in Redis. It must end in a colon. Stores with different prefixes share nothing.
   *
   * Default: `coatcheck:`.
   */
  readonly prefix?: string;
  /**
   * Sets how long a call waits for Redis before it rejects, in milliseconds. This limits how long requests pile up while Redis does not
   * respond. A command that was sent may still be executed later.
   *
   * Default: 2000.
   */
  readonly commandTimeout?: number;
  /**
   * Waits after each write until replicas have received it.
   *
   * Redis acknowledges a write before its replicas have it, so a failover can undo it. This option reduces that risk but does not remove it.
   * It costs one more command for each write, and the time to wait.
   *
   * Default: false.
   */
  readonly waitForReplicas?: WaitForReplicas | false;
}

/** Says how many replicas must have received a write, and how long to wait for them. */
export interface WaitForReplicas {
  /** The number of replicas, from 1 to 1000. In a cluster, they are replicas of the primary that has the key. */
  readonly replicas: number;
  /** How long to wait, in milliseconds; must be less than `commandTimeout`. After that the call rejects, although the write has been applied and may last. */
  readonly timeout: number;
}

/** Checked options with defaults filled in. */
export interface CheckedOptions {
  readonly prefix: string;
  readonly commandTimeout: number;
  readonly waitForReplicas: WaitForReplicas | undefined;
}

const DEFAULT_PREFIX = 'coatcheck:';
const DEFAULT_COMMAND_TIMEOUT = 2000;
/** The longest delay of a JavaScript timer. A timer with a longer delay fires at once. */
const MAX_TIMEOUT = 2 ** 31 - 1;
const NAMES: ReadonlySet<string> = new Set(['prefix', 'commandTimeout', 'waitForReplicas']);

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {SessionError} `ERR_CONFIG`, naming the invalid option.
 */
export function checkOptions(options: RedisStoreOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null) {
    throw configError('The second argument of redisStore', options, 'an options object or undefined');
  }
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw configError('An option of redisStore', unknown, `one of ${[...NAMES].join(', ')}`);
  }
  const {
    prefix = DEFAULT_PREFIX,
    commandTimeout = DEFAULT_COMMAND_TIMEOUT,
    waitForReplicas = false,
  } = options;
  if (typeof prefix !== 'string' || !prefix.endsWith(':') || !prefix.isWellFormed()) {
    throw configError('prefix', prefix, "a string that ends in a colon, such as 'shop:'");
  }
  if (!isInteger(commandTimeout, 1, MAX_TIMEOUT)) {
    throw configError(
      'commandTimeout',
      commandTimeout,
      `a whole number of milliseconds from 1 to ${MAX_TIMEOUT}`,
    );
  }
  return {
    prefix,
    commandTimeout,
    waitForReplicas: waitForReplicas === false ? undefined : checkWait(waitForReplicas, commandTimeout),
  };
}

function checkWait(received: unknown, commandTimeout: number): WaitForReplicas {
  if (typeof received !== 'object' || received === null) {
    throw configError(
      'waitForReplicas',
      received,
      'false or an object such as { replicas: 1, timeout: 500 }',
    );
  }
  const { replicas, timeout }: { replicas?: unknown; timeout?: unknown } = received;
  if (!isInteger(replicas, 1, 1000)) {
    throw configError('waitForReplicas.replicas', replicas, 'a whole number from 1 to 1000');
  }
  if (!isInteger(timeout, 1, commandTimeout - 1)) {
    const expected = `a whole number of milliseconds, at least 1 and less than commandTimeout (${commandTimeout})`;
    throw configError('waitForReplicas.timeout', timeout, expected);
  }
  return { replicas, timeout };
}

function isInteger(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

/** Creates the error for an invalid argument or option: its name, what is valid, and what was received. */
export function configError(
  subject: string,
  received: unknown,
  expected: string,
  shown: string = show(received),
): SessionError {
  return new SessionError('ERR_CONFIG', `${subject} must be ${expected}; received ${shown}.`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
