import { testPages, testShopInBrowser } from '@coatcheck/shop-common/testing';

const main = new URL('./main.ts', import.meta.url);

testShopInBrowser('Express', main);
// The pages are the same in all shops, so one of them is enough.
testPages(main);
