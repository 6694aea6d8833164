import { expect, it } from 'vitest';
import { SessionError } from './errors.ts';

it.for([
  ['ERR_CONFIG', 500],
  ['ERR_SESSION_NOT_LOADED', 500],
  ['ERR_SESSION_ENDED', 409],
  ['ERR_RESPONSE_SEALED', 500],
  ['ERR_DATA_INVALID', 500],
  ['ERR_DATA_TOO_LARGE', 413],
  ['ERR_SESSION_CONTENTION', 503],
  ['ERR_USER_LIMIT', 409],
  ['ERR_SIGN_IN_REVOKED', 409],
  ['ERR_CROSS_SITE', 403],
  ['ERR_STORE_UNAVAILABLE', 503],
] as const)('%s has the status %i', ([code, status]) => {
  const cause = new Error('why');
  const error = new SessionError(code, 'What happened.', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'SessionError', code, status, message: 'What happened.', cause });
});
