import { testShopInBrowser } from '@coatcheck/shop-common/testing';

testShopInBrowser('Hono', new URL('./main.ts', import.meta.url));
