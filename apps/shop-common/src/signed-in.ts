import type { Sessions } from '@coatcheck/core';
import { pathAfter } from './done.ts';
import type { ShopData } from './shop-data.ts';
import { ShopError } from './shop-error.ts';
import { signOut } from './shopping.ts';
import type { User } from './users.ts';
import type { ShopSession } from './visitor.ts';

/**
 * Signs a user out of one of their sessions. Returns the path to redirect to: the home page if it was the current session.
 *
 * Throws `not-found` if it is not their session; then no session ends.
 */
export async function endSession(
  sessions: Sessions<ShopData>,
  session: ShopSession,
  user: User,
  id: string,
): Promise<string> {
  // Unlike a revocation, this also clears the cookie.
  if (id === session.id) return signOut(session);
  if (await sessions.revoke(user.id, id)) return pathAfter('session-ended', '/account');
  throw new ShopError('not-found', 'You have no such session.');
}

/** Signs a user out of all sessions but this one. Returns the path to redirect to. */
export async function endOtherSessions(
  sessions: Sessions<ShopData>,
  session: ShopSession,
  user: User,
): Promise<string> {
  const { id } = session;
  await sessions.revokeUser(user.id, id === undefined ? {} : { except: id });
  return pathAfter('others-ended', '/account');
}
