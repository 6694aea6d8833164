import type { SessionUse } from '../side.ts';

/** Responds as the others do, without any session. */
export const nothing: SessionUse<object> = {
  read: () => 1000,
  write: () => 1000,
  signIn: () => 1000,
  signOut: () => 1000,
};
