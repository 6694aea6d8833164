import { assetUrl } from './assets.ts';
import { countOf } from './cart.ts';
import { type Html, html, type Piece } from './html.ts';
import { strip } from './strip.ts';
import type { StripFacts } from './strip-facts.ts';
import { findUser } from './users.ts';
import type { Site, View } from './view.ts';

/** The name of the shop. */
export const SHOP_NAME = 'Hook & Hem';

/** Renders a view inside the layout of all pages. */
export function layout(view: View, site: Site, facts: StripFacts | undefined): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${view.title} · ${SHOP_NAME}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${assetUrl('mark.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assetUrl('shop.css')}">
<script src="${assetUrl('shop.js')}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="${site.link('/')}"><img src="${assetUrl('mark.svg')}" width="28" height="28" alt="">${SHOP_NAME}</a>
<nav aria-label="Shop"><ul>
<li>${navLink(site, '/', 'Coats')}</li>
<li>${navLink(site, '/cart', ['Cart', cartCount(site)])}</li>
<li>${accountLink(site)}</li>
</ul></nav>
</header>
<main id="main">
${view.main(site)}
</main>
${facts !== undefined && strip(facts, site)}
<footer class="foot">
<p>A demonstration of Coatcheck: no money is charged and nothing is shipped. <a href="${site.link('/help')}">Help and settings</a></p>
</footer>
</body>
</html>
`;
}

function navLink(site: Site, path: string, content: Piece): Html {
  const current = site.path === path && html` aria-current="page"`;
  return html`<a class="tab" href="${site.link(path)}"${current}>${content}</a>`;
}

function cartCount(site: Site): Html | undefined {
  const count = countOf(site.data.cart);
  if (count === 0) return undefined;
  return html` <span class="count">${count}<span class="aside"> ${count === 1 ? 'item' : 'items'}</span></span>`;
}

function accountLink(site: Site): Html {
  const user = findUser(site.session?.userId);
  return user === undefined
    ? navLink(site, '/sign-in', 'Sign in')
    : navLink(site, '/account', ['Account', html`<span class="aside"> of ${user.name}</span>`]);
}
