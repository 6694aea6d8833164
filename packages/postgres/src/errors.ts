import { SessionError } from '@coatcheck/core';

/** Makes the error for a mistake in the configuration: what it is about, what was received, and what to write. */
export function configError(
  subject: string,
  received: unknown,
  expected: string,
  shown: string = show(received),
): SessionError {
  return new SessionError('ERR_CONFIG', `${subject} must be ${expected}; received ${shown}.`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 80)}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** A failure of PostgreSQL, or of the connection to it, without the statement, its parameters and the rows that it was about. */
class PostgresStoreError extends Error {
  /** The SQLSTATE, or what the client calls the failure of a connection, such as `ECONNREFUSED`. */
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.name = 'PostgresStoreError';
    this.code = code;
  }
}

/**
 * The classes of SQLSTATE whose messages name no value: about the connection, the transaction, roles, schemas, names, resources, locks, an
 * operator's doing, the system.
 */
const SAFE_CLASSES: ReadonlySet<string> = new Set([
  ...['08', '0A', '25', '26', '28', '3D', '3F', '40', '42', '53', '54', '55', '57', '58'],
]);

/** Makes the error that leaves the store. Clients attach statements, parameters and details, so theirs stay inside. */
export function storeError(error: unknown): Error {
  if (error instanceof SessionError || error instanceof PostgresStoreError) return error;
  if (!(error instanceof Error)) return new PostgresStoreError('The client of PostgreSQL failed', undefined);
  const code = codeOf(error);
  // Node.js reports a host of several addresses with an empty message.
  const message = error.message === '' ? `The connection to PostgreSQL failed: ${code}` : error.message;
  if (!isOfServer(error)) return new PostgresStoreError(message, code);
  const isSafe = code !== undefined && SAFE_CLASSES.has(code.slice(0, 2));
  return new PostgresStoreError(isSafe ? message : `PostgreSQL reported SQLSTATE ${code}`, code);
}

/** Tells an error after which the statement has certainly not happened, and may be sent again: a serialization failure or a deadlock. */
export function isRolledBack(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
}

/** Returns the SQLSTATE, or the code of a failed connection. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code }: { code?: unknown } = error;
  return typeof code === 'string' ? code : undefined;
}

/** Tells whether the server reported an error, and not the client. */
export function isOfServer(error: Error): boolean {
  return 'severity' in error;
}
