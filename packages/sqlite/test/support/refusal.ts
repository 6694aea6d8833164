import { SessionError, type SessionErrorCode } from '@coatcheck/core';

/** Calls what must be refused, and gives the code and the message. */
export function refusalOf(call: () => unknown): { code: SessionErrorCode; message: string } {
  try {
    call();
  } catch (error) {
    if (error instanceof SessionError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('It was not refused');
}
