import type { Page } from 'playwright-core';

/** Puts a question to the search of the site, as a reader does, and gives the paths of the hits in order. */
export async function searchSite(page: Page, question: string): Promise<readonly string[]> {
  const field = page.getByRole('searchbox');
  const hits = page.locator('.VPLocalSearchBox a.result');
  if (!(await field.isVisible())) await page.getByRole('button', { name: 'Search' }).click();
  await field.fill('');
  await hits.first().waitFor({ state: 'detached' });
  await field.fill(question);
  await hits.or(page.locator('.VPLocalSearchBox .no-results')).first().waitFor();
  return page.evaluate<string[]>(
    `[...document.querySelectorAll('.VPLocalSearchBox a.result')].map((hit) => new URL(hit.href).pathname + new URL(hit.href).hash)`,
  );
}

/** Puts several questions to the search, one after the other, and gives the hits of each. */
export async function searchForEach(
  page: Page,
  questions: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const question of questions) found.set(question, await searchSite(page, question));
  return found;
}
