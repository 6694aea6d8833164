import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { Orders } from './orders.ts';
import { makeReceipt, receiptFromJson, receiptToJson } from './receipt.ts';

const data = { cart: [{ sku: 'fell-parka', quantity: 2 }], orders: ['EARLIER'] };
const occasion = { sessionId: 'session', userId: 'maren', now: 1000 };

it('places one order for a session, even if a second receipt has another order ID', () => {
  const orders = new Orders(new DatabaseSync(':memory:'));
  const first = makeReceipt(data, occasion);
  const second = makeReceipt(data, occasion);
  expect(second.orderId).not.toBe(first.orderId);
  const placed = orders.place(first);
  expect(placed).toMatchObject({ id: first.orderId, userId: 'maren', total: 49_800, repeatedAt: null });
  expect(orders.place(first)).toEqual(placed);
  expect(orders.place(second)).toEqual(placed);
  expect(orders.find(second.orderId)).toBeUndefined();
  expect(orders.ofUser('maren')).toEqual([placed]);
  expect(orders.ofUser('joss')).toEqual([]);
});

it('keeps the price at the time of the sale', () => {
  const orders = new Orders(new DatabaseSync(':memory:'));
  const receipt = makeReceipt(data, occasion);
  const [line] = receipt.lines;
  const older = {
    ...receipt,
    lines: [{ ...line, sku: 'fell-parka', name: 'Parka', quantity: 2, price: 100 }],
  };
  expect(orders.place(older).total).toBe(200);
});

it('fails if two sessions have the same order ID, and loses no order', () => {
  const orders = new Orders(new DatabaseSync(':memory:'));
  const receipt = makeReceipt(data, occasion);
  orders.place(receipt);
  expect(() => orders.place({ ...receipt, sessionId: 'another' })).toThrow();
});

it('reads back a receipt that it wrote, and rejects other values', () => {
  const receipt = makeReceipt(data, occasion);
  expect(receiptFromJson(JSON.parse(JSON.stringify(receiptToJson(receipt))))).toEqual(receipt);
  const anonymous = makeReceipt(data, { ...occasion, userId: undefined });
  expect(receiptFromJson(receiptToJson(anonymous))?.userId).toBeNull();
  for (const other of [undefined, null, 'order', [], {}, { ...receipt, lines: [1], earlier: [] }]) {
    expect(receiptFromJson(JSON.parse(JSON.stringify(other ?? null)))).toBeUndefined();
  }
});
