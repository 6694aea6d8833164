import { SessionError } from './errors.ts';

/** Makes the error for a mistake in an option: its name, what was given, and what would be right. */
export function configError(option: string, given: unknown, expected: string): SessionError {
  return new SessionError('ERR_CONFIG', `${option} must be ${expected}; given was ${show(given)}.`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
