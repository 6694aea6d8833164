import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** How to look at a page. */
export interface Look {
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
  /** The height of the window. Default: 800. */
  readonly height?: number;
  /** The size of the letters. Default: 100%. */
  readonly fontSize?: string;
  /** The options of `axe.run`, written as JavaScript; without them, only the width is checked. */
  readonly rules?: string;
}

/** All rules once, then again the rules that depend on colours and width. */
export const LOOKS: readonly Look[] = [
  { colorScheme: 'light', width: 1280, rules: '{}' },
  { colorScheme: 'dark', width: 360, rules: '{ runOnly: ["color-contrast", "target-size"] }' },
];

/** Letters of twice the size in a narrow window (WCAG 2.2, 1.4.4). */
export const LARGE: Look = { colorScheme: 'light', width: 390, fontSize: '200%' };

/** Lists the violations that axe-core finds on a page, and horizontal overflow. */
export async function violations(page: Page, looks: readonly Look[] = LOOKS): Promise<readonly string[]> {
  const found: string[] = [];
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source);
  for (const { colorScheme, width, height = 800, fontSize = '', rules } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await setFontSize(page, fontSize);
    const where = `${await page.title()} (${colorScheme}, ${width} ${fontSize})`;
    const faults = rules === undefined ? [] : await runAxe(page, rules);
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    found.push(...faults.map((fault) => `${where}: ${fault}`));
    if (overflow > 0) found.push(`${where}: ${overflow} pixels wider than the window`);
  }
  await setFontSize(page, '');
  return found;
}

async function setFontSize(page: Page, size: string): Promise<void> {
  await page.evaluate(`document.documentElement.style.fontSize = '${size}'`);
}

function runAxe(page: Page, rules: string): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(
    `axe.run({ resultTypes: ["violations"], ...${rules} }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ' at ' + target.join(' '))))`,
  );
}
