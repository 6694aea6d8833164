// Takes the screenshots of the README: node --conditions=@coatcheck/source apps/shop-common/src/testing/screenshots.ts

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser, Visitor } from './browser.ts';
import { Lab, MAREN } from './lab.ts';

const ROOT = new URL('../../../../', import.meta.url);
const IMAGES = fileURLToPath(new URL('docs/images', ROOT));
const LINUX =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

const lab = new Lab(new URL('apps/shop-express/src/main.ts', ROOT));
const [shop, browser] = await Promise.all([lab.start(), launchBrowser()]);
mkdirSync(IMAGES, { recursive: true });

const elsewhere = await Visitor.open(browser, shop.url, { userAgent: WINDOWS });
await elsewhere.signIn(MAREN.email, MAREN.password);
await shop.advance(20 * 60_000);

const visitor = await Visitor.open(browser, shop.url, {
  userAgent: LINUX,
  viewport: { width: 1200, height: 760 },
});
const { page } = visitor;
await visitor.visit('/');
await visitor.press('Add Fell parka to cart');
await visitor.visit('/');
await visitor.press('Add Pebble beanie to cart');
await visitor.visit('/');
await page.screenshot({ path: join(IMAGES, 'shop.png') });
await visitor.signIn(MAREN.email, MAREN.password);
await page.emulateMedia({ colorScheme: 'dark' });
await visitor.visit('/account');
// So high that neither the page nor the panel of the strip has to scroll.
await page.setViewportSize({ width: 1200, height: 1670 });
await page.locator('.strip summary').click();
await page.screenshot({ path: join(IMAGES, 'account.png') });

await browser.close();
await lab.clear();
