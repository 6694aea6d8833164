import { findProduct } from './catalogue.ts';
import { type Fields, textOf } from './fields.ts';
import { ShopError } from './shop-error.ts';

/** One line of a cart. */
export interface CartLine {
  sku: string;
  quantity: number;
}

/** The most of one product that one request may ask for. */
export const MOST_AT_ONCE = 100;
/** The most of one product that a cart holds. */
export const MOST_OF_ONE = 999;

/** Reads `sku` and `quantity` out of a form. Throws `unknown-sku` or `bad-quantity`, saying what was wrong. */
export function readCartLine(fields: Fields): CartLine {
  return { sku: readSku(textOf(fields, 'sku')), quantity: readQuantity(textOf(fields, 'quantity'), 1) };
}

/** Reads the new quantity of a line that is already in the cart; 0 takes it out. */
export function readQuantityOf(sku: string, fields: Fields): CartLine {
  return { sku: readSku(sku), quantity: readQuantity(textOf(fields, 'quantity'), 0) };
}

function readSku(sku: string): string {
  if (findProduct(sku) !== undefined) return sku;
  const named = sku === '' ? 'The form named no product.' : `We sell nothing called “${shorten(sku)}”.`;
  throw new ShopError('unknown-sku', `${named} Nothing was put in the cart.`);
}

function readQuantity(text: string, least: number): number {
  const quantity = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (quantity >= least && quantity <= MOST_AT_ONCE) return quantity;
  const given = text === '' ? 'nothing was given' : `“${shorten(text)}” was given`;
  throw new ShopError(
    'bad-quantity',
    `The quantity must be a whole number from ${least} to ${MOST_AT_ONCE}; ${given}. The cart is as it was.`,
  );
}

/** Adds a line to a cart, in place: the change that `session.update` runs. Throws `bad-quantity` where the cart would hold too much. */
export function addLine(cart: CartLine[], line: CartLine): void {
  const there = cart.find(({ sku }) => sku === line.sku);
  const quantity = (there?.quantity ?? 0) + line.quantity;
  if (quantity > MOST_OF_ONE) {
    throw new ShopError(
      'bad-quantity',
      `A cart holds at most ${MOST_OF_ONE} of one product, and yours would hold ${quantity}. The cart is as it was.`,
    );
  }
  if (there === undefined) cart.push({ ...line });
  else there.quantity = quantity;
}

/** Sets the quantity of a line, in place; 0 takes the line out. A product that is not in the cart stays out of it. */
export function setLine(cart: CartLine[], line: CartLine): void {
  const index = cart.findIndex(({ sku }) => sku === line.sku);
  const there = cart[index];
  if (there === undefined) return;
  if (line.quantity === 0) cart.splice(index, 1);
  else there.quantity = line.quantity;
}

/** Adds up a cart, in euro cents. */
export function totalOf(cart: readonly Readonly<CartLine>[]): number {
  return cart.reduce((sum, { sku, quantity }) => sum + quantity * (findProduct(sku)?.price ?? 0), 0);
}

/** Counts the pieces in a cart. */
export function countOf(cart: readonly Readonly<CartLine>[]): number {
  return cart.reduce((sum, { quantity }) => sum + quantity, 0);
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
