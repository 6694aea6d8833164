import { type Actions, fail, redirect, type ServerLoad } from '@sveltejs/kit';
import { COATS } from '../lib/coats.ts';

export const load = (() => ({ coats: Object.entries(COATS) })) satisfies ServerLoad;

export const actions: Actions = {
  add: async ({ locals, request }) => {
    const sku = (await request.formData()).get('sku');
    if (typeof sku !== 'string' || !Object.hasOwn(COATS, sku)) return fail(400);
    await locals.session.update((data) => data.cart.push(sku));
    redirect(303, '/cart');
  },
};
