import { expect, it } from 'vitest';
import { isLocked, lockedError } from './errors.ts';

it.each([
  [6, 'is locked by another statement of this process'],
  [261, 'by a process that recovers it after a crash'],
  [5, 'by another connection'],
])('a lock with the result code %i says who holds it, as far as SQLite tells', (errcode, message) => {
  const error = Object.assign(new Error('database is locked'), { errcode });
  expect(isLocked(error)).toBe(true);
  expect(lockedError(error, 'The database', 1000)).toMatchObject({
    code: 'ERR_STORE_UNAVAILABLE',
    message: expect.stringContaining(message),
    cause: error,
  });
});
