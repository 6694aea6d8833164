/** A product on sale. */
export interface Product {
  /** Identifies the product in URLs and carts; its picture has the same name. */
  readonly sku: string;
  readonly name: string;
  /** The line under the name. */
  readonly line: string;
  /** In euro cents. */
  readonly price: number;
}

/** All products, in the order of the page. */
export const PRODUCTS: readonly Product[] = [
  {
    sku: 'harbour-raincoat',
    name: 'Harbour raincoat',
    line: 'Waxed cotton, taped seams, a hood that stays up.',
    price: 12900,
  },
  {
    sku: 'fell-parka',
    name: 'Fell parka',
    line: 'Long, warm, and windproof to the knee.',
    price: 24900,
  },
  {
    sku: 'tarn-down-jacket',
    name: 'Tarn down jacket',
    line: 'Packs into its own pocket. 310 grams.',
    price: 19900,
  },
  {
    sku: 'moss-overcoat',
    name: 'Moss overcoat',
    line: 'Double-breasted wool for cold stations.',
    price: 28900,
  },
  {
    sku: 'gale-windbreaker',
    name: 'Gale windbreaker',
    line: 'Pull it on, pull the cord, go out.',
    price: 8900,
  },
  {
    sku: 'lichen-gilet',
    name: 'Lichen gilet',
    line: 'Quilted, four pockets, arms left free.',
    price: 11900,
  },
  {
    sku: 'ember-fleece',
    name: 'Ember fleece',
    line: 'Recycled fleece with a chest pocket.',
    price: 7900,
  },
  {
    sku: 'drizzle-poncho',
    name: 'Drizzle poncho',
    line: 'Covers you, and the rucksack too.',
    price: 6900,
  },
  {
    sku: 'pebble-beanie',
    name: 'Pebble beanie',
    line: 'Ribbed lambswool, one size, one bobble.',
    price: 2900,
  },
  {
    sku: 'larch-mittens',
    name: 'Larch mittens',
    line: 'Boiled wool on a string, as it should be.',
    price: 3500,
  },
  {
    sku: 'heron-scarf',
    name: 'Heron scarf',
    line: 'Two metres of merino with a fringe.',
    price: 4500,
  },
  {
    sku: 'storm-umbrella',
    name: 'Storm umbrella',
    line: 'Eight ribs. It turns, it does not turn inside out.',
    price: 4900,
  },
];

const BY_SKU: ReadonlyMap<string, Product> = new Map(PRODUCTS.map((product) => [product.sku, product]));

/** Finds a product by its SKU. */
export function findProduct(sku: string): Product | undefined {
  return BY_SKU.get(sku);
}

const EURO = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

/** Formats an amount of euro cents, for example `€129.00`. */
export function money(cents: number): string {
  return EURO.format(cents / 100);
}
