import { money } from '../catalogue.ts';
import { type Html, html } from '../html.ts';
import type { Order } from '../orders.ts';
import { picture } from '../picture.ts';
import { clock, moment } from '../times.ts';
import type { Site, View } from '../view.ts';

/** How long after a repeated checkout the order's page mentions it, in milliseconds. */
const NEWS = 60_000;

/** Shows an order. After a repeated checkout, it first says that the order was already placed. */
export function orderPage(order: Order): View {
  const { id, lines, total, placedAt, repeatedAt } = order;
  const isRepeat = repeatedAt !== null && Date.now() - repeatedAt < NEWS;
  return {
    status: 200,
    title: isRepeat ? 'This order was already placed' : 'Your order',
    main: (site) => main(order, isRepeat, site),
    json: {
      id,
      placedAt: new Date(placedAt).toISOString(),
      items: lines.map(({ sku, name, quantity, price }) => ({ sku, name, quantity, price })),
      total,
    },
  };
}

function main(
  { id, sessionId, lines, total, placedAt, repeatedAt }: Order,
  isRepeat: boolean,
  site: Site,
): Html {
  return html`<div class="order">
<h1>${isRepeat ? 'This order was already placed' : 'Thank you'}</h1>
${
  isRepeat
    ? html`<p class="notice" role="status">You placed it again${repeatedAt !== null && html` at ${clock(new Date(repeatedAt))}`}. There is still only one order; nothing was ordered twice.</p>`
    : html`<p>Your order is placed.</p>`
}
<details class="explain">
<summary>What <code>finish</code> did</summary>
<p>It ended the session of this cart and left the order’s receipt in its record, in one step. So a second click, the back button, a repeated request or a crash of the server finds the receipt, and leads here. The cart cannot be ordered twice.</p>
<p>If you are signed in, it also began a new, empty session for you, and the response to your order brought its token.</p>
</details>
<dl class="facts">
<div><dt>Order</dt><dd><strong>${id}</strong></dd></div>
<div><dt>Placed</dt><dd>${moment(new Date(placedAt))}</dd></div>
<div><dt>Placed from session</dt><dd><code>${sessionId}</code></dd></div>
</dl>
<ul class="lines">${lines.map(
    ({ sku, name, quantity, price }) => html`<li>
<div class="frame">${picture(sku, 88)}</div>
<div class="what"><h2>${name}</h2><p class="small">${quantity} at ${money(price)}</p></div>
<p class="price">${money(quantity * price)}</p>
</li>`,
  )}</ul>
<p class="total"><span>Total</span><strong>${money(total)}</strong></p>
<p><a class="button" href="${site.link('/')}">Browse more coats</a></p>
</div>`;
}
