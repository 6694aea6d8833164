export { testShopInBrowser } from './browser-story.ts';
export { testPages } from './pages-story.ts';
export { testShop } from './shop-story.ts';
