import { startSmallShop, testSmallShop } from '@coatcheck/runtimes/small-shop';

testSmallShop(() => startSmallShop('deno', new URL('./main.ts', import.meta.url)));
