import { addLine, type CartLine, readCartLine, readQuantityOf, setLine } from './cart.ts';
import { pathAfter, pathAfterAdding } from './done.ts';
import { type Fields, textOf } from './fields.ts';
import { withOrders } from './shop-data.ts';
import type { User } from './users.ts';
import { dataOf, ordersOf, receiptOf, type ShopSession } from './visitor.ts';

/** Adds the product of a form to the cart. Returns the path to redirect to. Throws `unknown-sku` or `bad-quantity`. */
export async function addToCart(session: ShopSession, fields: Fields): Promise<string> {
  const line = readCartLine(fields);
  await changeCart(session, (cart) => addLine(cart, line));
  return pathAfterAdding(line.sku);
}

/** Sets the quantity of a product in the cart; 0 removes it. Returns the path to redirect to. Throws `unknown-sku` or `bad-quantity`. */
export async function setQuantity(session: ShopSession, sku: string, fields: Fields): Promise<string> {
  const line = readQuantityOf(sku, fields);
  // Do not create a session for a product that is not in the cart.
  if (!dataOf(session).cart.some((each) => each.sku === sku)) return '/cart';
  await changeCart(session, (cart) => setLine(cart, line));
  return pathAfter(line.quantity === 0 ? 'removed' : 'updated', '/cart');
}

/**
 * Changes the cart in one atomic step, so that all of 50 concurrent changes are kept.
 *
 * After a checkout this creates a new session, which keeps the IDs of the orders that the visitor may see.
 */
async function changeCart(session: ShopSession, change: (cart: CartLine[]) => void): Promise<void> {
  const earlier = ordersOf(receiptOf(session));
  await session.update((data) => {
    if (earlier.length > 0) data.orders = withOrders(data.orders, earlier);
    change(data.cart);
  });
}

/**
 * Signs a user in, for longer if the form says `remember`. Keeps the cart and the orders that the visitor placed without an account. Returns the path to
 * redirect to.
 */
export async function signIn(session: ShopSession, user: User, fields: Fields): Promise<string> {
  const receipt = receiptOf(session);
  await session.signIn(user.id, { remember: textOf(fields, 'remember') !== '' });
  if (receipt?.userId === null) {
    const earlier = ordersOf(receipt);
    await session.update((data) => {
      data.orders = withOrders(data.orders, earlier);
    });
  }
  return pathAfter('signed-in', '/account');
}

/** Signs the visitor out of this session. Returns the path to redirect to. */
export async function signOut(session: ShopSession): Promise<string> {
  await session.destroy();
  return pathAfter('signed-out', '/');
}
