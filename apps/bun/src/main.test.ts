import { startSmallShop, testSmallShop } from '@coatcheck/runtimes/small-shop';

testSmallShop(() => startSmallShop('bun', new URL('./main.ts', import.meta.url)));
