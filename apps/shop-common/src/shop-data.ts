import type { CartLine } from './cart.ts';

/** The session data of the shop. */
export interface ShopData {
  cart: CartLine[];
  /** The visitor's orders from earlier sessions, latest first. The visitor may see them without signing in. */
  orders: string[];
}

/** Returns the data of a new session. */
export function emptyData(): ShopData {
  return { cart: [], orders: [] };
}

/** The maximum number of earlier orders in a session. */
const MAX_ORDERS = 20;

/** Adds orders in front of the known ones, without duplicates. */
export function withOrders(known: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...added, ...known])].slice(0, MAX_ORDERS);
}
