import { testShop } from '@coatcheck/shop-common/testing';

testShop('Koa', new URL('./main.ts', import.meta.url));
