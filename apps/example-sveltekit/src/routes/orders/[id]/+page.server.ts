import { error, redirect, type ServerLoad } from '@sveltejs/kit';
import { linesOf } from '../../../lib/coats.ts';
import { findOrder } from '../../../lib/server/orders.ts';

export const load = (({ locals: { session }, params }) => {
  if (session.userId === undefined) redirect(303, '/account');
  const order = findOrder(params['id'] ?? '', session.userId);
  if (order === undefined) error(404, 'You have no such order.');
  return { id: order.id, lines: linesOf(order.skus) };
}) satisfies ServerLoad;
