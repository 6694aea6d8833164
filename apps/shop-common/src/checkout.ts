import { passFailpoint } from './failpoint.ts';
import type { Order, Orders } from './orders.ts';
import { makeReceipt, receiptToJson } from './receipt.ts';
import type { Settings } from './settings.ts';
import { withOrders } from './shop-data.ts';
import { ShopError } from './shop-error.ts';
import { dataOf, ordersOf, receiptOf, type ShopSession } from './visitor.ts';

/** What a checkout needs besides the session. */
export interface CheckoutSurroundings {
  readonly orders: Orders;
  readonly settings: Settings;
}

/**
 * Turns the visitor's cart into an order, once, and returns the order; a repeat returns the same one.
 *
 * `cartId` is the session ID of the page on which the button was pressed, empty where none is known: a page that was left open
 * while its cart was ordered leads to that order, and does not order the cart that came after it.
 *
 * Finishing the session and placing the order are two steps. Between them a crash may come, so the first step leaves a receipt from
 * which anybody completes the second, and the session ID is the order's unique key.
 *
 * Throws `empty-cart` or `cart-changed`.
 */
export async function checkout(
  { orders, settings }: CheckoutSurroundings,
  session: ShopSession,
  cartId: string,
): Promise<Order> {
  const before = receiptOf(session);
  const isPresentCart = cartId !== '' && cartId === session.id;
  // Whoever presents a finished session's token presses the button again.
  if (before !== undefined && !isPresentCart) return repeatOf(orders, orders.place(before));
  if (cartId !== '' && !isPresentCart) {
    const placed = orders.ofSession(cartId);
    if (placed !== undefined && maySee(session, placed)) return repeatOf(orders, placed);
    throw new ShopError(
      'cart-changed',
      'The page shows a cart that is not your present one any more, so nothing was ordered. Look at the cart as it is now.',
    );
  }
  const { id: sessionId, userId } = session;
  if (sessionId === undefined || session.data.cart.length === 0) throw emptyCart();

  const isFirst = await session.finish(
    (data) => {
      // Asked again of the very cart that is finished: another tab may have emptied it meanwhile.
      if (data.cart.length === 0) throw emptyCart();
      return receiptToJson(makeReceipt(data, { sessionId, userId, now: Date.now() }));
    },
    { keepUser: true },
  );
  if (isFirst) passFailpoint('after-finish', settings);

  // Whoever came second finds the same receipt here; none where the session was ended in another way.
  const receipt = receiptOf(session);
  if (receipt === undefined) throw emptyCart();
  const order = orders.place(receipt);
  if (!isFirst) return repeatOf(orders, order);
  if (session.userId !== undefined && receipt.earlier.length > 0) {
    // The orders from before the sign-in stay in sight.
    await session.update((data) => {
      data.orders = withOrders(data.orders, receipt.earlier);
    });
  }
  return order;
}

/** Tells whether a visitor may look at an order: who placed it while signed in, or whoever holds the session that it was placed with, or the one after it. */
export function maySee(session: ShopSession, order: Order): boolean {
  if (order.userId !== null && order.userId === session.userId) return true;
  const receipt = receiptOf(session);
  if (receipt?.sessionId === order.sessionId) return true;
  return ordersOf(receipt).includes(order.id) || dataOf(session).orders.includes(order.id);
}

function repeatOf(orders: Orders, order: Order): Order {
  orders.noteRepeat(order.id, Date.now());
  return order;
}

function emptyCart(): ShopError {
  return new ShopError('empty-cart', 'There is nothing in it to order, so no order was placed.');
}
