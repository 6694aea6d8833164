import { assetUrl } from './assets.ts';
import { countOf } from './cart.ts';
import { doneNotice } from './done.ts';
import { type Html, html, type Piece } from './html.ts';
import { endNotice } from './notice.ts';
import { strip } from './strip.ts';
import type { StripFacts } from './strip-facts.ts';
import { findUser } from './users.ts';
import type { Site, View } from './view.ts';

/** The name of the shop. */
export const SHOP_NAME = 'Hook & Hem';

/** Renders a view inside the layout of all pages. */
export function layout(view: View, site: Site, facts: StripFacts | undefined): Html {
  const sheets = ['shop.css', 'strip.css', ...(site.path.startsWith('/lab') ? ['lab.css'] : [])];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${view.title} · ${SHOP_NAME}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${assetUrl('mark.svg')}" type="image/svg+xml">
${sheets.map((sheet) => html`<link rel="stylesheet" href="${assetUrl(sheet)}">`)}
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
${site.settings.lab && html`<li>${navLink(site, '/lab', 'Lab')}</li>`}
</ul></nav>
</header>
<main id="main">
${doneNotice(site)}${view.explainsEnd !== true && endNotice(site.session, site.settings)}
${view.main(site)}
</main>
<footer class="foot">
<p>A demonstration of Coatcheck: no money is charged and nothing is shipped. <a href="${site.link('/help')}">Help and settings</a></p>
</footer>
${facts !== undefined && strip(facts, site)}
</body>
</html>
`;
}

function navLink(site: Site, path: string, content: Piece): Html {
  const isCurrent = site.path === path || (path !== '/' && site.path.startsWith(`${path}/`));
  const current = isCurrent && html` aria-current="page"`;
  return html`<a class="tab" href="${site.link(path)}"${current}>${content}</a>`;
}

function cartCount(site: Site): Html | undefined {
  const count = countOf(site.data.cart);
  if (count === 0) return undefined;
  return html` <span class="count">${count}<span class="aside"> ${count === 1 ? 'item' : 'items'}</span></span>`;
}

function accountLink(site: Site): Html {
  // A page that does not consult the session does not know who is signed in.
  if (site.session === undefined) return navLink(site, '/account', 'Account');
  const user = findUser(site.session?.userId);
  return user === undefined
    ? navLink(site, '/sign-in', 'Sign in')
    : navLink(site, '/account', ['Account', html`<span class="aside"> of ${user.name}</span>`]);
}
