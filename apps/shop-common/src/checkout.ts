import { passFailpoint } from './failpoint.ts';
import type { Order, Orders } from './orders.ts';
import { makeReceipt, receiptToJson } from './receipt.ts';
import type { Settings } from './settings.ts';
import { withOrders } from './shop-data.ts';
import { ShopError } from './shop-error.ts';
import { dataOf, ordersOf, receiptOf, type ShopSession } from './visitor.ts';

/** The dependencies of a checkout apart from the session. */
export interface CheckoutSurroundings {
  readonly orders: Orders;
  readonly settings: Settings;
}

/**
 * Turns the visitor's cart into exactly one order, and returns it. A repeated call returns the same order.
 *
 * `cartId` is the session ID of the page on which the button was pressed, or empty if it is unknown. A page that stayed open
 * after its cart was ordered leads to that order, and does not order the visitor's next cart.
 *
 * Finishing the session and placing the order are two steps, and the process may crash between them. So the first step writes a receipt from
 * which any later request completes the second, and the session ID is the order's unique key.
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
  // A request with a finished session's token repeats the checkout.
  if (before !== undefined && !isPresentCart) return repeatOf(orders, orders.place(before));
  if (cartId !== '' && !isPresentCart) {
    const placed = orders.ofSession(cartId);
    if (placed !== undefined && maySee(session, placed)) return repeatOf(orders, placed);
    throw new ShopError(
      'cart-changed',
      'Your cart has changed since this page was opened, so nothing was ordered. Check your current cart, then place the order.',
    );
  }
  const { id: sessionId, userId } = session;
  if (sessionId === undefined || session.data.cart.length === 0) throw emptyCart();

  const isFirst = await session.finish(
    (data) => {
      // Check the cart that is being finished: another tab may have emptied it in the meantime.
      if (data.cart.length === 0) throw emptyCart();
      return receiptToJson(makeReceipt(data, { sessionId, userId, now: Date.now() }));
    },
    { keepUser: true },
  );
  if (isFirst) passFailpoint('after-finish', settings);

  // Later calls find the same receipt here. There is none if the session ended in another way.
  const receipt = receiptOf(session);
  if (receipt === undefined) throw emptyCart();
  const order = orders.place(receipt);
  if (!isFirst) return repeatOf(orders, order);
  if (session.userId !== undefined && receipt.earlier.length > 0) {
    // Keep the orders from before the sign-in visible.
    await session.update((data) => {
      data.orders = withOrders(data.orders, receipt.earlier);
    });
  }
  return order;
}

/** Tells whether a visitor may see an order: the user who placed it, or a visitor with the session that it was placed with or its successor. */
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
  return new ShopError('empty-cart', 'Your cart is empty, so no order was placed.');
}
