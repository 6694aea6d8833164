import type { DeepReadonly, Session } from '@coatcheck/core';
import { type Receipt, receiptFromJson } from './receipt.ts';
import { emptyData, type ShopData } from './shop-data.ts';

/** A session of this shop. */
export type ShopSession = Session<ShopData>;

/** Returns the session if it was loaded; otherwise undefined, so that the error page can be shown without a session. */
export function loadedOf(session: ShopSession | undefined): ShopSession | undefined {
  try {
    session?.id;
    return session;
  } catch {
    return undefined;
  }
}

/** Returns the session's data, or an empty cart if it cannot be read. */
export function dataOf(session: ShopSession | undefined): DeepReadonly<ShopData> {
  try {
    return session?.data ?? emptyData();
  } catch {
    return emptyData();
  }
}

/** Returns the receipt of the finished session whose token this request carries. */
export function receiptOf(session: ShopSession | undefined): Receipt | undefined {
  if (session?.ended?.reason !== 'finished') return undefined;
  return receiptFromJson(session.ended.receipt);
}

/** Lists the orders that a finished session passes on to the visitor's next session. */
export function ordersOf(receipt: Receipt | undefined): readonly string[] {
  return receipt === undefined ? [] : [receipt.orderId, ...receipt.earlier];
}
