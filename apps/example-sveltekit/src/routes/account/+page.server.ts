import { type Actions, fail, redirect, type ServerLoad } from '@sveltejs/kit';
import { listOrders } from '../../lib/server/orders.ts';
import { sessions } from '../../lib/server/sessions.ts';
import { authenticate } from '../../lib/server/users.ts';

export const load = (async ({ locals: { session } }) => {
  const { id: current, userId } = session;
  if (userId === undefined) return { devices: [], orders: [] };
  const devices = (await sessions.list(userId)).map(({ id, client, signedInAt }) => ({
    id,
    name: `${client.browser ?? 'unknown browser'} on ${client.platform ?? 'unknown system'}`,
    signedInAt,
    isCurrent: id === current,
  }));
  return { devices, orders: listOrders(userId).map(({ id }) => id) };
}) satisfies ServerLoad;

export const actions: Actions = {
  signIn: async ({ locals, request }) => {
    const form = await request.formData();
    const user = authenticate(String(form.get('name')), String(form.get('password')));
    if (user === undefined) return fail(401, { message: 'Wrong name or password' });
    await locals.session.signIn(user.id);
    redirect(303, '/account');
  },
  signOut: async ({ locals }) => {
    await locals.session.destroy();
    redirect(303, '/');
  },
  endSession: async ({ locals: { session }, request }) => {
    const id = String((await request.formData()).get('id'));
    // Ends nothing if it is another user's session.
    if (session.userId !== undefined) await sessions.revoke(session.userId, id);
    redirect(303, '/account');
  },
};
