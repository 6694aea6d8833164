import { assetUrl } from './assets.ts';
import { type Html, html } from './html.ts';

/** Shows a product's picture. The name stands beside it, so it needs no text of its own. */
export function picture(sku: string, size: number): Html {
  return html`<img class="picture" src="${assetUrl(`pictures/${sku}.svg`)}" width="${size}" height="${size}" alt="">`;
}
