import { SessionError } from '@coatcheck/core';

/** Throws `ERR_CONFIG` unless an option fits. */
export function check(fits: boolean, option: string, received: unknown, expected: string): void {
  if (fits) return;
  throw new SessionError('ERR_CONFIG', `${option} must be ${expected}; received ${show(received)}.`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
