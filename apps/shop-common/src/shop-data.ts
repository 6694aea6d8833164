import type { CartLine } from './cart.ts';

/** What the shop keeps in a session. */
export interface ShopData {
  cart: CartLine[];
  /** The orders that this visitor placed in earlier sessions, the latest first: they may look at them without signing in. */
  orders: string[];
}

/** Gives the data of a session just granted. */
export function emptyData(): ShopData {
  return { cart: [], orders: [] };
}

/** How many earlier orders a session remembers. */
const MOST_ORDERS = 20;

/** Puts orders in front of those that a session remembers, each once. */
export function withOrders(known: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...added, ...known])].slice(0, MOST_ORDERS);
}
