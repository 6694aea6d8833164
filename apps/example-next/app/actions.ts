// app/actions.ts
'use server';

import { redirect } from 'next/navigation';
import { checkout } from '../lib/checkout';
import { COATS } from '../lib/coats';
import { inAction } from '../lib/session';
import { sessions } from '../lib/sessions';
import { authenticate } from '../lib/users';

export async function add(form: FormData): Promise<void> {
  const sku = String(form.get('sku'));
  if (Object.hasOwn(COATS, sku)) await inAction((session) => session.update((data) => data.cart.push(sku)));
  redirect('/cart');
}

export async function order(form: FormData): Promise<void> {
  const placed = await inAction(async (session) => {
    if (session.userId === undefined) return '/account';
    const id = await checkout(session, String(form.get('cart')));
    return id === undefined ? '/cart?empty' : `/orders/${id}`;
  });
  redirect(placed);
}

export async function signIn(form: FormData): Promise<void> {
  const user = authenticate(String(form.get('name')), String(form.get('password')));
  if (user === undefined) redirect('/account?wrong');
  await inAction((session) => session.signIn(user.id));
  redirect('/account');
}

export async function signOut(): Promise<void> {
  await inAction((session) => session.destroy());
  redirect('/');
}

export async function endSession(form: FormData): Promise<void> {
  await inAction(async ({ userId }) => {
    // Ends nothing if it is another user's session.
    if (userId !== undefined) await sessions.revoke(userId, String(form.get('id')));
  });
  redirect('/account');
}
