import { assetUrl } from './assets.ts';
import { type Html, html } from './html.ts';

/** Renders a product's picture. The name is next to it, so it needs no alternative text. */
export function picture(sku: string, size: number): Html {
  return html`<img class="picture" src="${assetUrl(`pictures/${sku}.svg`)}" width="${size}" height="${size}" alt="">`;
}
