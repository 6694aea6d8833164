import { SessionError } from '@coatcheck/core';
import type { Secret } from '../cookie/request-view.ts';

/** Checks the option `secret`. */
export function checkSecrets(secret: unknown): readonly Secret[] {
  if (secret === undefined || secret === '') return [];
  const secrets: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
  if (secrets.length === 0) {
    throw new SessionError(
      'ERR_CONFIG',
      'secret option array must contain one or more strings; it is empty.',
    );
  }
  return secrets.map((each) => {
    if (typeof each === 'string' || Buffer.isBuffer(each)) return each;
    // What was received stays out of the message: it may be most of a real key.
    throw new SessionError(
      'ERR_CONFIG',
      `secret must be a string, a Buffer or a list of them; received a ${typeof each}.`,
    );
  });
}
