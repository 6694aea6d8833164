import { describe, expect, it, vi } from 'vitest';
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
  expect(error).toMatchObject({
    name: 'SessionError',
    code,
    status,
    statusCode: status,
    expose: false,
    message: 'What happened.',
    cause,
  });
});

describe('a SessionError', () => {
  const error = new SessionError('ERR_CONFIG', 'What happened.');

  it('is recognised across two copies of the package', async () => {
    vi.resetModules();
    const { SessionError: Other } = await import('./errors.ts');
    expect(Other).not.toBe(SessionError);
    expect(error).toBeInstanceOf(Other);
    expect(new Other('ERR_CONFIG', 'x')).toBeInstanceOf(SessionError);
    expect(Other.is(error)).toBe(true);
    expect(SessionError.is(new Other('ERR_CONFIG', 'x'))).toBe(true);
  });

  it('is distinguished from everything else', () => {
    const others = [undefined, null, 'ERR_CONFIG', new Error('x'), { code: 'ERR_CONFIG' }, () => error];
    for (const other of others) {
      expect(SessionError.is(other)).toBe(false);
      expect(other instanceof SessionError).toBe(false);
    }
  });

  it('is not an instance of an app’s subclass', () => {
    class AppError extends SessionError {}
    expect(error).not.toBeInstanceOf(AppError);
    expect(new AppError('ERR_CONFIG', 'x')).toBeInstanceOf(AppError);
    expect(new AppError('ERR_CONFIG', 'x')).toBeInstanceOf(SessionError);
  });
});
