import { type CartLine, countOf, MAX_PER_REQUEST, totalOf } from '../cart.ts';
import { findProduct, money } from '../catalogue.ts';
import { type Html, html } from '../html.ts';
import { endOf } from '../notice.ts';
import { picture } from '../picture.ts';
import type { Site, View } from '../view.ts';
import { dataOf, ordersOf, receiptOf, type ShopSession } from '../visitor.ts';

/** Shows the cart. */
export function cartPage(session: ShopSession): View {
  const { cart } = dataOf(session);
  return {
    status: 200,
    title: 'Your cart',
    explainsEnd: true,
    main: (site) => (cart.length === 0 ? emptyCart(site) : fullCart(cart, site)),
    json: { items: cart.map(({ sku, quantity }) => ({ sku, quantity })), total: totalOf(cart) },
  };
}

function emptyCart(site: Site): Html {
  const end = endOf(site.session, site.settings);
  const [latest] = [...ordersOf(receiptOf(site.session)), ...site.data.orders];
  return html`<div class="plain">
<h1>${end?.title ?? 'Your cart is empty'}</h1>
${end !== undefined && html`<p>${end.words} Your cart is empty.</p>`}
${latest !== undefined && html`<p>You have ordered what was in it: <a href="${site.link(`/orders/${latest}`)}">order ${latest}</a>.</p>`}
<p><a class="button" href="${site.link('/')}">Browse the coats</a></p>
</div>`;
}

function fullCart(cart: readonly Readonly<CartLine>[], site: Site): Html {
  const count = countOf(cart);
  return html`<div class="cart">
<h1>Your cart</h1>
<ul class="lines">${cart.map((line) => cartLine(line, site))}</ul>
<section class="sum" aria-label="Total">
<p class="total"><span>${count} ${count === 1 ? 'item' : 'items'}</span><strong>${money(totalOf(cart))}</strong></p>
${site.form(
  '/checkout',
  html`<input type="hidden" name="cart" value="${site.session?.id ?? ''}">
<button class="primary">Place the order</button>`,
)}
<p class="small">This calls <code>finish</code>: the cart’s session ends in the same step that writes the order’s receipt, so a double click orders once.${site.session?.userId !== undefined && ' You stay signed in, in a new session.'}</p>
${site.session?.userId === undefined && html`<p class="small">You do not need an account. <a href="${site.link('/sign-in')}">Sign in</a> to find the order again later; your cart is kept.</p>`}
</section>
</div>`;
}

function cartLine({ sku, quantity }: Readonly<CartLine>, site: Site): Html {
  const product = findProduct(sku);
  const name = product?.name ?? sku;
  const price = product?.price ?? 0;
  const set = site.form(
    `/cart/${sku}`,
    html`<label class="aside" for="quantity-${sku}">Quantity of ${name}</label>
<input class="quantity" id="quantity-${sku}" name="quantity" type="number" inputmode="numeric" min="0" max="${MAX_PER_REQUEST}" value="${quantity}" required>
<button class="quiet">Update<span class="aside"> the quantity of ${name}</span></button>`,
    'set',
  );
  const remove = site.form(
    `/cart/${sku}`,
    html`<input type="hidden" name="quantity" value="0"><button class="quiet">Remove<span class="aside"> ${name}</span></button>`,
  );
  return html`<li>
<div class="frame">${picture(sku, 88)}</div>
<div class="what"><h2>${name}</h2><p class="small">${money(price)} each</p></div>
<div class="amount">${set}${remove}</div>
<p class="price">${money(price * quantity)}</p>
</li>`;
}
