/** The coats of the shop: their names by SKU. */
export const COATS: Readonly<Record<string, string>> = {
  'fell-parka': 'Fell parka',
  'harbour-raincoat': 'Harbour raincoat',
  'moss-overcoat': 'Moss overcoat',
};

/** Returns one line for each coat, such as "2 × Fell parka". */
export function linesOf(skus: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const sku of skus) counts.set(sku, (counts.get(sku) ?? 0) + 1);
  return [...counts].map(([sku, count]) => `${count} × ${COATS[sku] ?? sku}`);
}
