import { findProduct } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { withParameter } from './link.ts';
import type { Site } from './view.ts';

/** What a post has done, which the page that it leads to says. */
export type Done =
  | 'added'
  | 'updated'
  | 'removed'
  | 'signed-in'
  | 'signed-out'
  | 'session-ended'
  | 'others-ended';

/** The parameter of a URL that names it. */
const DONE = 'done';

/** Returns the URL of a page that says what a post has done. */
export function pathAfter(done: Done, path: string): string {
  return withParameter(path, DONE, done);
}

/** Returns the URL of the catalogue, at the product that was added to the cart. */
export function pathAfterAdding(sku: string): string {
  return withParameter(`${pathAfter('added', '/')}#${sku}`, 'sku', sku);
}

/** Returns the product that was added to the cart, if that is what has just happened. */
export function addedSku(site: Site): string | undefined {
  const sku = site.query.get('sku') ?? '';
  return site.query.get(DONE) === 'added' && site.data.cart.some((line) => line.sku === sku)
    ? sku
    : undefined;
}

/** Renders what has just happened, unless it contradicts the session: anyone may write such a URL. */
export function doneNotice(site: Site): Html | undefined {
  const words = wordsOf(site.query.get(DONE), site);
  return words && html`<div class="notice" role="status"><p>${words}</p></div>`;
}

function wordsOf(done: string | null, site: Site): Html | undefined {
  const isSignedIn = site.session?.userId !== undefined;
  switch (done) {
    case 'updated':
      return html`Your cart is updated.`;
    case 'removed':
      return html`The product is removed from your cart.`;
    case 'signed-in':
      return isSignedIn
        ? html`<strong>You are signed in.</strong> Your cart is kept. The session has a new secret, so a copy of the old cookie opens nothing.`
        : undefined;
    case 'signed-out':
      return isSignedIn
        ? undefined
        : html`<strong>You are signed out.</strong> The session is gone from the server, and its cookie from this browser.`;
    case 'session-ended':
      return isSignedIn
        ? html`<strong>That device is signed out.</strong> Its session has ended, so its next request finds none.`
        : undefined;
    case 'others-ended':
      return isSignedIn ? html`<strong>All other devices are signed out.</strong>` : undefined;
    default:
      return undefined;
  }
}

/** Says under a product that it is in the cart. */
export function addedNote(sku: string, site: Site): Html | undefined {
  if (addedSku(site) !== sku) return undefined;
  const quantity = site.data.cart.find((line) => line.sku === sku)?.quantity ?? 0;
  return html`<p class="added" role="status">${quantity} × ${findProduct(sku)?.name ?? sku} in your cart. <a href="${site.link('/cart')}">Go to the cart</a></p>`;
}
