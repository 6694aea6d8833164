import { randomUUID } from 'node:crypto';
import type { Json, Session } from '@coatcheck/fetch';
import { findOrderOf, placeOrder, type Receipt } from './orders';
import type { ShopData } from './sessions';

/**
 * Turns the cart of a signed-in user into exactly one order. Resolves to its ID; undefined if there is nothing to order. A repeated call resolves to the same order.
 *
 * `cartId` is the ID of the session whose cart the page showed, so that a page that stayed open never orders the next cart.
 */
export async function checkout(session: Session<ShopData>, cartId: string): Promise<string | undefined> {
  const { id: sessionId, userId } = session;
  if (sessionId === undefined || userId === undefined) return undefined;
  if (sessionId === cartId && session.data.cart.length > 0) {
    await session.finish((data) => ({ id: randomUUID(), sessionId, userId, skus: [...data.cart] }), {
      keepUser: true,
    });
  }
  // Whichever request finished the session, this one finds its receipt.
  const receipt = session.ended?.receipt;
  return isReceipt(receipt) ? placeOrder(receipt) : findOrderOf(cartId, userId);
}

function isReceipt(value: Json | undefined): value is Json & Receipt {
  return typeof value === 'object' && value !== null && 'sessionId' in value && 'skus' in value;
}
