/** What each session holds: 196 bytes as JSON once it is filled. */
export interface ShopData {
  /** Counts the writes, always in four digits, so that the size stays the same. */
  visits: number;
  cart: { sku: string; count: number }[];
  locale: string;
  currency: string;
  lastSearch: string;
}

const FIRST_VISIT = 1000;
const LAST_VISIT = 9999;

/** Gives the data of a visitor who has done nothing yet. */
export function emptyData(): ShopData {
  return { visits: 0, cart: [], locale: '', currency: '', lastSearch: '' };
}

/** Gives the data of a visitor's first write. */
export function filledData(): ShopData {
  return {
    visits: FIRST_VISIT,
    cart: [
      { sku: 'umbrella-long-black', count: 1 },
      { sku: 'hat-felt-grey-58', count: 2 },
    ],
    locale: 'en-GB',
    currency: 'GBP',
    lastSearch: 'a warm coat for the rain and boots that match',
  };
}

/** Changes one number, which is what every write does. */
export function advance(data: Partial<ShopData>): number {
  if (data.visits === undefined || data.visits === 0) Object.assign(data, filledData());
  else data.visits = nextVisit(data.visits);
  return data.visits ?? 0;
}

/** Gives the count that follows. */
export function nextVisit(visits: number): number {
  return visits >= LAST_VISIT ? FIRST_VISIT : visits + 1;
}
