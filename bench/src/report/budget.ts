import { readFileSync } from 'node:fs';
import { measureBundles } from '../measure/bundles.ts';

const BUDGET = new URL('../../size-budget.json', import.meta.url);

/** Holds each bundle against bench/size-budget.json: bytes, minified and compressed with brotli. False where one is over. */
export async function checkSizes(): Promise<boolean> {
  const budget: Record<string, unknown> = JSON.parse(readFileSync(BUDGET, 'utf8'));
  const sizes = await measureBundles();
  let isWithin = true;
  for (const [name, limit] of Object.entries(budget)) {
    const size = sizes[name];
    if (typeof limit !== 'number' || size === undefined) {
      throw new Error(`size-budget.json: ${name} is no bundle with a number of bytes`);
    }
    const isOver = size.compressed > limit;
    isWithin &&= !isOver;
    console.log(`${isOver ? 'OVER ' : 'within'}  ${size.compressed} of ${limit} bytes  ${name}`);
  }
  return isWithin;
}
