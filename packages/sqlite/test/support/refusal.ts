import { SessionError, type SessionErrorCode } from '@coatcheck/core';

/** Makes a call that must throw a `SessionError`, and returns its code and message. */
export function refusalOf(call: () => unknown): { code: SessionErrorCode; message: string } {
  try {
    call();
  } catch (error) {
    if (error instanceof SessionError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('The call did not throw.');
}
