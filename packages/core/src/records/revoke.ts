import { SessionError } from '../common/errors.ts';
import { revoked } from '../session/lifecycle.ts';
import type { SessionState } from '../session/session-state.ts';
import { type Changed, saysUnknown } from './change.ts';

/**
 * Ends a session from outside its own requests, and resolves to whether this call did. Leaves a record without data for `toldFor` milliseconds. If the store cannot
 * write it, the record is deleted: a Redis that is full refuses every write, and must not keep anyone signed in.
 *
 * @param change makes one change of the session; false if it has ended, undefined if it goes on as something else, such as without the user.
 */
export async function revoke(
  change: (apply: (state: SessionState, now: number) => Changed<true>) => Promise<boolean | undefined>,
  toldFor: number,
): Promise<boolean> {
  let wasAlive = false;
  try {
    const isEnded = await change((state, now) => {
      wasAlive = true;
      return { kind: 'write', state: revoked(state, now, toldFor), result: true };
    });
    return isEnded === true;
  } catch (error) {
    if (!saysUnknown(error) || isFinal(error)) throw error;
    const isDeleted = await change(() => ({ kind: 'delete', result: true }));
    // A session that has ended meanwhile was ended by the write whose outcome was unknown, as far as anyone can tell.
    return isDeleted === true || (isDeleted === false && wasAlive);
  }
}

/** Tells whether the store itself said that repeating the call is of no use, such as a locked database that was waited for. */
function isFinal(error: unknown): boolean {
  return error instanceof Error && SessionError.is(error.cause);
}
