export { launchBrowser } from './browser.ts';
export { testShopInBrowser } from './browser-story.ts';
export { Client } from './client.ts';
export { Lab, MAREN, PATIENCE } from './lab.ts';
export { ordersIn } from './orders-in.ts';
export { testPages } from './pages-story.ts';
export { RedisServer } from './redis-server.ts';
export { testShop } from './shop-story.ts';
export { type Look, violations } from './violations.ts';
