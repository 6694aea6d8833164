import { SessionError } from '@coatcheck/core';

/** Makes the error for a binding that is missing or of another kind. It names what was received, and what to write. */
export function bindingError(
  call: string,
  received: unknown,
  expected: string,
  setting: string,
): SessionError {
  return new SessionError(
    'ERR_CONFIG',
    `${call} must be ${expected}; received ${kindOf(received)}. ${adviceFor(received, setting)}`,
  );
}

/** Makes the error for an invalid option. */
export function optionError(option: string, received: unknown, expected: string): SessionError {
  const shown = typeof received === 'string' ? `'${received.slice(0, 80)}'` : kindOf(received);
  return new SessionError('ERR_CONFIG', `${option} must be ${expected}; received ${shown}.`);
}

/** Checks that the options are an object, and that it has no other names than these. */
export function checkNames(call: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw optionError(`The second argument of ${call}`, options, 'an options object or undefined');
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw optionError(`An option of ${call}`, unknown, names.join(' or '));
}

/** Makes the error that leaves a store. The platform's message names tables and limits, never a key or a value. */
export function platformError(platform: string, error: unknown): Error {
  if (error instanceof SessionError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`${platform} reported: ${message}`);
}

function adviceFor(received: unknown, setting: string): string {
  if (received === undefined || received === null) {
    return `The name in env must be the binding's name in ${setting} of the Wrangler configuration.`;
  }
  if (kindOf(received) === 'a KV namespace') {
    return 'KV cannot compare before it writes, so concurrent requests would lose data: use D1 or a Durable Object.';
  }
  return `Pass the binding that ${setting} of the Wrangler configuration names.`;
}

/** Names a binding by the methods that only its kind has. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object' && typeof value !== 'function') return `a ${typeof value}`;
  for (const [method, kind] of KINDS) if (hasMethod(value, method)) return kind;
  return 'an object';
}

/** The order matters: a namespace of KV also has `get`, and R2 too. */
const KINDS: readonly (readonly [method: string, kind: string])[] = [
  ['getWithMetadata', 'a KV namespace'],
  ['idFromName', 'a Durable Object namespace'],
  ['getBookmark', 'a D1 session'],
  ['withSession', 'a D1 database'],
  ['createMultipartUpload', 'an R2 bucket'],
  ['sendBatch', 'a queue'],
];

/** Tells whether a value has a method. A binding may be a proxy that has every method, so only what is asked for first counts. */
export function hasMethod(value: unknown, method: string): boolean {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof Reflect.get(value, method) === 'function'
  );
}
