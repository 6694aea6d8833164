import { findProduct } from './catalogue.ts';
import { type Fields, textOf } from './fields.ts';
import { ShopError } from './shop-error.ts';

/** One line of a cart. */
export interface CartLine {
  sku: string;
  quantity: number;
}

/** The maximum quantity of a product in one request. */
export const MAX_PER_REQUEST = 100;
/** The maximum quantity of a product in a cart. */
export const MAX_PER_PRODUCT = 999;

/** Reads `sku` and `quantity` from a form. Throws `unknown-sku` or `bad-quantity`. */
export function readCartLine(fields: Fields): CartLine {
  return { sku: readSku(textOf(fields, 'sku')), quantity: readQuantity(textOf(fields, 'quantity'), 1) };
}

/** Reads the new quantity of a line in the cart; 0 removes it. Throws `unknown-sku` or `bad-quantity`. */
export function readQuantityOf(sku: string, fields: Fields): CartLine {
  return { sku: readSku(sku), quantity: readQuantity(textOf(fields, 'quantity'), 0) };
}

function readSku(sku: string): string {
  if (findProduct(sku) !== undefined) return sku;
  const problem = sku === '' ? 'The form did not name a product.' : `We do not sell “${shorten(sku)}”.`;
  throw new ShopError('unknown-sku', `${problem} Your cart has not changed.`);
}

function readQuantity(value: string, min: number): number {
  const quantity = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (quantity >= min && quantity <= MAX_PER_REQUEST) return quantity;
  const received = value === '' ? 'the form had no quantity' : `you entered “${shorten(value)}”`;
  throw new ShopError(
    'bad-quantity',
    `The quantity must be a whole number from ${min} to ${MAX_PER_REQUEST}; ${received}. Your cart has not changed.`,
  );
}

/** Adds a line to a cart in place, inside `session.update`. Throws `bad-quantity` if the cart would contain too much. */
export function addLine(cart: CartLine[], line: CartLine): void {
  const existing = cart.find(({ sku }) => sku === line.sku);
  const quantity = (existing?.quantity ?? 0) + line.quantity;
  if (quantity > MAX_PER_PRODUCT) {
    throw new ShopError(
      'bad-quantity',
      `A cart can contain at most ${MAX_PER_PRODUCT} of one product; yours would contain ${quantity}. Your cart has not changed.`,
    );
  }
  if (existing === undefined) cart.push({ ...line });
  else existing.quantity = quantity;
}

/** Sets the quantity of a line in place; 0 removes the line. Ignores a product that is not in the cart. */
export function setLine(cart: CartLine[], line: CartLine): void {
  const index = cart.findIndex(({ sku }) => sku === line.sku);
  const existing = cart[index];
  if (existing === undefined) return;
  if (line.quantity === 0) cart.splice(index, 1);
  else existing.quantity = line.quantity;
}

/** Returns the total of a cart, in euro cents. */
export function totalOf(cart: readonly Readonly<CartLine>[]): number {
  return cart.reduce((sum, { sku, quantity }) => sum + quantity * (findProduct(sku)?.price ?? 0), 0);
}

/** Counts the pieces in a cart. */
export function countOf(cart: readonly Readonly<CartLine>[]): number {
  return cart.reduce((sum, { quantity }) => sum + quantity, 0);
}

function shorten(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}
