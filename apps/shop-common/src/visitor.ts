import type { DeepReadonly, Session } from '@coatcheck/core';
import { type Receipt, receiptFromJson } from './receipt.ts';
import { emptyData, type ShopData } from './shop-data.ts';

/** A session of this shop. */
export type ShopSession = Session<ShopData>;

/** Gives the session where it was loaded, so that the page that says that it could not be is shown without one. */
export function loadedOf(session: ShopSession | undefined): ShopSession | undefined {
  try {
    session?.id;
    return session;
  } catch {
    return undefined;
  }
}

/** Gives what a session holds; an empty cart where that cannot be read. */
export function dataOf(session: ShopSession | undefined): DeepReadonly<ShopData> {
  try {
    return session?.data ?? emptyData();
  } catch {
    return emptyData();
  }
}

/** Gives the receipt of the session that was finished with the token that this request presents. */
export function receiptOf(session: ShopSession | undefined): Receipt | undefined {
  if (session?.ended?.reason !== 'finished') return undefined;
  return receiptFromJson(session.ended.receipt);
}

/** Lists the orders that a finished session leaves to the visitor's next one. */
export function ordersOf(receipt: Receipt | undefined): readonly string[] {
  return receipt === undefined ? [] : [receipt.orderId, ...receipt.earlier];
}
