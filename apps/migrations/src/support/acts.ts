// What visitors of a shop do, with requests that overlap in a fixed order.

import { vi } from 'vitest';
import { shop } from '../shop.ts';
import type { Client } from './open-shop.ts';

export interface Page {
  readonly user: string | null;
  readonly cart: readonly string[];
}

/** Reads what the shop shows a browser. */
export async function look(client: Client): Promise<Page> {
  return JSON.parse(await client.get('/'));
}

/** Puts something into the cart. Returns the status of the response. */
export function add(client: Client, sku: string): Promise<number> {
  return post(client, `/cart/${sku}`);
}

/** Sends the form of the sign-in page. Returns the status of the response. */
export function signIn(client: Client, name: string, password = 'secret'): Promise<number> {
  return post(client, '/sign-in', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  });
}

/** Signs out. Returns the status of the response. */
export function signOut(client: Client): Promise<number> {
  return post(client, '/sign-out');
}

async function post(client: Client, path: string, init?: RequestInit): Promise<number> {
  const response = await client.send('POST', path, init);
  await response.text();
  return response.status;
}

/** Lets requests to the warehouse wait until the given number of them has arrived and `open` is called. */
function holdWarehouse(count: number) {
  const arrived = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  let waiting = 0;
  const spy = vi.spyOn(shop, 'hasInStock').mockImplementation(async () => {
    waiting += 1;
    if (waiting === count) arrived.resolve();
    await opened.promise;
    return true;
  });
  return {
    arrived: arrived.promise,
    open() {
      spy.mockRestore();
      opened.resolve();
    },
  };
}

/** Puts coats into one cart by requests that have all begun before the first goes on. Returns how many of them the cart then contains. */
export async function addAtOnce(client: Client, count: number): Promise<number> {
  await add(client, 'hat');
  const warehouse = holdWarehouse(count);
  const requests = Array.from({ length: count }, (_, i) => add(client, `coat-${i}`));
  await warehouse.arrived;
  warehouse.open();
  await Promise.all(requests);
  const { cart } = await look(client);
  return cart.filter((sku) => sku.startsWith('coat-')).length;
}

/** Signs in and out again while a request of another tab is under way. Returns the status of that request, and what the tab shows afterwards. */
export async function addDuringSignOut(client: Client): Promise<Page & { readonly status: number }> {
  await signIn(client, 'ada');
  const tab = client.copy();
  const warehouse = holdWarehouse(1);
  const slow = add(tab, 'coat');
  await warehouse.arrived;
  await signOut(client);
  warehouse.open();
  return { status: await slow, ...(await look(tab)) };
}

/** Signs in and out. Returns what a copy of the cookies shows that was made in between. */
export async function copyThenSignOut(client: Client): Promise<Page> {
  await signIn(client, 'ada');
  const copy = client.copy();
  await signOut(client);
  return look(copy);
}

/** Gives a browser the cookies of another, as if the app behind them had been replaced. Returns the browser. */
export function withCookiesOf(from: Client, to: Client): Client {
  for (const [name, value] of from.cookies) to.cookies.set(name, value);
  return to;
}
