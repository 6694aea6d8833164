import type { ServerLoad } from '@sveltejs/kit';
import { findUser } from '../lib/server/users.ts';

export const load = (({ locals: { session }, setHeaders }) => {
  // A page that shows something personal must not come back from a cache after the sign-out.
  if (session.id !== undefined) setHeaders({ 'cache-control': 'private, no-store' });
  return { user: findUser(session.userId)?.name, inCart: session.data.cart.length };
}) satisfies ServerLoad;
