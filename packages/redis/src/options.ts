import { SessionError } from '@coatcheck/core';

/** Settings of `redisStore`. All have a default. */
export interface RedisStoreOptions {
  /** What the store's keys in Redis begin with; it ends in a colon. `coatcheck:` by default. Stores with different prefixes share nothing. */
  readonly prefix?: string;
  /**
   * The longest that a call waits for Redis, in milliseconds; then it rejects. 2,000 by default.
   *
   * It bounds how long requests pile up where Redis does not answer. What was sent may still be carried out later.
   */
  readonly commandTimeout?: number;
  /**
   * Waits after each write until replicas have it; false, not at all, by default.
   *
   * Redis acknowledges a write before its replicas have it, so a failover can undo it. This narrows the gap, at the cost of one more
   * command for each write, and of waiting. It does not close it.
   */
  readonly waitForReplicas?: WaitForReplicas | false;
}

/** How many replicas must have a write, and how long to wait for them. */
export interface WaitForReplicas {
  /** The number of replicas, 1 or more; in a cluster, of the primary that holds the key. */
  readonly replicas: number;
  /** The longest wait in milliseconds, less than `commandTimeout`. After it the write counts as failed, although it may last. */
  readonly timeout: number;
}

/** Settings that were checked and completed. */
export interface CheckedOptions {
  readonly prefix: string;
  readonly commandTimeout: number;
  readonly waitForReplicas: WaitForReplicas | undefined;
}

const DEFAULT_PREFIX = 'coatcheck:';
const DEFAULT_COMMAND_TIMEOUT = 2000;
/** The longest that a timer of JavaScript runs; one set for longer fires at once. */
const MAX_TIMEOUT = 2 ** 31 - 1;
const NAMES: ReadonlySet<string> = new Set(['prefix', 'commandTimeout', 'waitForReplicas']);

/** Checks the options and fills in the defaults. */
export function checkOptions(options: RedisStoreOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null) {
    throw configError('The second argument of redisStore', options, 'an object of options, or nothing');
  }
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw configError('The option of redisStore', unknown, `one of ${[...NAMES].join(', ')}`);
  }
  const {
    prefix = DEFAULT_PREFIX,
    commandTimeout = DEFAULT_COMMAND_TIMEOUT,
    waitForReplicas = false,
  } = options;
  if (typeof prefix !== 'string' || !prefix.endsWith(':') || !prefix.isWellFormed()) {
    throw configError('prefix', prefix, "text that ends in a colon, such as 'shop:'");
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

function checkWait(given: unknown, commandTimeout: number): WaitForReplicas {
  if (typeof given !== 'object' || given === null) {
    throw configError('waitForReplicas', given, 'false or an object such as { replicas: 1, timeout: 500 }');
  }
  const { replicas, timeout }: { replicas?: unknown; timeout?: unknown } = given;
  if (!isInteger(replicas, 1, 1000)) {
    throw configError('waitForReplicas.replicas', replicas, 'a whole number from 1 to 1000');
  }
  if (!isInteger(timeout, 1, commandTimeout - 1)) {
    const expected = `a whole number of milliseconds from 1 to less than commandTimeout (${commandTimeout})`;
    throw configError('waitForReplicas.timeout', timeout, expected);
  }
  return { replicas, timeout };
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** Makes the error for a mistake in the configuration: what it is about, what was given, and what would be right. */
export function configError(subject: string, given: unknown, expected: string): SessionError {
  return new SessionError('ERR_CONFIG', `${subject} must be ${expected}; received ${show(given)}.`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
