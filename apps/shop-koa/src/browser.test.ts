import { testShopInBrowser } from '@coatcheck/shop-common/testing';

testShopInBrowser('Koa', new URL('./main.ts', import.meta.url));
