import { randomInt } from 'node:crypto';
import type { DeepReadonly, Json } from '@coatcheck/core';
import { findProduct } from './catalogue.ts';
import type { ShopData } from './shop-data.ts';

/** One line of an order, with the price at which it was sold. */
export interface OrderLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  /** In euro cents. */
  readonly price: number;
}

/**
 * Contains everything that is needed to place an order.
 *
 * `session.finish` writes it in the same step that ends the session. So any request after a crash can complete the order from
 * it, and it always matches the cart that was finished.
 */
export interface Receipt {
  readonly orderId: string;
  /** The session that was finished: an order's unique key. */
  readonly sessionId: string;
  /** The ID of the user who was signed in; null for an anonymous visitor. */
  readonly userId: string | null;
  /** In milliseconds since the epoch. */
  readonly placedAt: number;
  readonly lines: readonly OrderLine[];
  /** The earlier orders of the finished session. */
  readonly earlier: readonly string[];
}

/** The input of a receipt apart from the session's data. */
export interface Occasion {
  readonly sessionId: string;
  readonly userId: string | undefined;
  readonly now: number;
}

/** Creates the receipt of a cart. */
export function makeReceipt(data: DeepReadonly<ShopData>, { sessionId, userId, now }: Occasion): Receipt {
  return {
    orderId: drawOrderId(),
    sessionId,
    userId: userId ?? null,
    placedAt: now,
    lines: data.cart.flatMap(({ sku, quantity }) => {
      const product = findProduct(sku);
      return product === undefined ? [] : [{ sku, name: product.name, quantity, price: product.price }];
    }),
    earlier: data.orders,
  };
}

/** Converts a receipt to the JSON value that a session stores. */
export function receiptToJson(receipt: Receipt): Json {
  return { ...receipt, lines: receipt.lines.map((line) => ({ ...line })) };
}

/** Reads a receipt from a session; undefined if it is not a receipt of this shop. */
export function receiptFromJson(json: Json | undefined): Receipt | undefined {
  if (!isRecord(json)) return undefined;
  const { orderId, sessionId, userId, placedAt, lines, earlier } = json;
  if (typeof orderId !== 'string' || typeof sessionId !== 'string' || typeof placedAt !== 'number')
    return undefined;
  if (typeof userId !== 'string' && userId !== null) return undefined;
  if (!isList(lines) || !isList(earlier)) return undefined;
  const orderLines = lines.map(orderLineOf).filter((line) => line !== undefined);
  if (orderLines.length !== lines.length) return undefined;
  return {
    orderId,
    sessionId,
    userId,
    placedAt,
    lines: orderLines,
    earlier: earlier.filter((id) => typeof id === 'string'),
  };
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

function isRecord(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function orderLineOf(json: Json): OrderLine | undefined {
  if (!isRecord(json)) return undefined;
  const { sku, name, quantity, price } = json;
  if (typeof sku !== 'string' || typeof name !== 'string') return undefined;
  if (typeof quantity !== 'number' || typeof price !== 'number') return undefined;
  return { sku, name, quantity, price };
}

// Without 0, 1, I, L, O and U, because people read order numbers out on the phone.
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Generates an order number, for example `K7QM-3XWP-9FTA`: 58 random bits. */
function drawOrderId(): string {
  const group = () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${group()}-${group()}-${group()}`;
}
