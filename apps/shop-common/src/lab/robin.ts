import type { ShopResponse } from '../http-client.ts';
import { LAB_USER } from '../users.ts';
import type { LabBrowser } from './lab-browser.ts';

/** Signs the lab's user in. Remembered, so that the timeouts of the settings do not end an act in which time passes. */
export function signInRobin(browser: LabBrowser): Promise<ShopResponse> {
  const { email, password } = LAB_USER;
  return browser.post('/sign-in', { email, password, remember: 'yes' });
}

/** Returns the quantities in the cart of a browser, by product. */
export async function cartOf(browser: LabBrowser): Promise<ReadonlyMap<string, number>> {
  const page = await browser.look('/cart');
  const items: unknown = typeof page === 'object' && page !== null ? Reflect.get(page, 'items') : undefined;
  const lines: readonly unknown[] = Array.isArray(items) ? items : [];
  return new Map(
    lines.map((line) => [
      String(Reflect.get(Object(line), 'sku')),
      Number(Reflect.get(Object(line), 'quantity')),
    ]),
  );
}
