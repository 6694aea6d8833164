import { testShop } from '@coatcheck/shop-common/testing';

testShop('Express', new URL('./main.ts', import.meta.url));
