import { type Actions, fail, redirect, type ServerLoad } from '@sveltejs/kit';
import { linesOf } from '../../lib/coats.ts';
import { checkout } from '../../lib/server/checkout.ts';

export const load = (({ locals: { session } }) => ({
  id: session.id,
  lines: linesOf(session.data.cart),
})) satisfies ServerLoad;

export const actions: Actions = {
  order: async ({ locals: { session }, request }) => {
    if (session.userId === undefined) redirect(303, '/account');
    const order = await checkout(session, String((await request.formData()).get('cart')));
    if (order === undefined) return fail(409, { message: 'Your cart is empty, so no order was placed.' });
    redirect(303, `/orders/${order}`);
  },
};
