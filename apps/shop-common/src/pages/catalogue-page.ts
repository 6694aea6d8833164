import { MAX_PER_REQUEST } from '../cart.ts';
import { money, PRODUCTS, type Product } from '../catalogue.ts';
import { addedNote } from '../done.ts';
import { type Html, html } from '../html.ts';
import { picture } from '../picture.ts';
import type { Site, View } from '../view.ts';

/** Shows all products. */
export function cataloguePage(): View {
  return {
    status: 200,
    title: 'Coats and accessories',
    main: (site) => html`<div class="hero">
<h1>Coats for weather</h1>
<p>Twelve things that keep the outside out. Hang them up well and they last.</p>
</div>
<ul class="products">${PRODUCTS.map((product) => card(product, site))}</ul>`,
    json: { products: PRODUCTS.map(({ sku, name, price }) => ({ sku, name, price })) },
  };
}

function card({ sku, name, line, price }: Product, site: Site): Html {
  const form = site.form(
    '/cart',
    html`<input type="hidden" name="sku" value="${sku}">
<label class="aside" for="quantity-${sku}">Quantity of ${name}</label>
<input class="quantity" id="quantity-${sku}" name="quantity" type="number" inputmode="numeric" min="1" max="${MAX_PER_REQUEST}" value="1" required>
<button>Add<span class="aside"> ${name}</span> to cart</button>`,
    'add',
  );
  return html`<li class="product" id="${sku}">
<div class="frame">${picture(sku, 200)}</div>
<h2>${name}</h2>
<p class="line">${line}</p>
<p class="price">${money(price)}</p>
<div class="buy">${form}${addedNote(sku, site)}</div>
</li>`;
}
