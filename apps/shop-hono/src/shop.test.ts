import { testShop } from '@coatcheck/shop-common/testing';

testShop('Hono', new URL('./main.ts', import.meta.url));
