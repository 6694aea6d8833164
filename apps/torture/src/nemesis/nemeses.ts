import type { StoreKind } from '../stores/store-under-test.ts';
import type { Nemesis } from './nemesis.ts';
import { NETWORK_NEMESES } from './network.ts';
import { SERVER_NEMESES } from './servers.ts';
import { STORE_NEMESES } from './stores.ts';

const NONE: Nemesis = {
  name: 'none',
  what: 'nothing happens but the load',
  stores: ['sqlite', 'redis', 'cluster', 'postgres'],
};

/** Every kind of trouble, with none at all first. */
export const NEMESES: readonly Nemesis[] = [NONE, ...SERVER_NEMESES, ...STORE_NEMESES, ...NETWORK_NEMESES];

/** The kinds of trouble that a store can have. */
export function nemesesOf(store: StoreKind): readonly Nemesis[] {
  return NEMESES.filter(({ stores }) => stores.includes(store));
}

/**
 * Finds a kind of trouble of a store by its name.
 *
 * @throws if there is none, with the names that there are.
 */
export function findNemesis(store: StoreKind, name: string): Nemesis {
  const all = nemesesOf(store);
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = all.map((each) => each.name).join(', ');
  throw new Error(`--nemesis must be all or one of ${names} with ${store}; received '${name}'.`);
}
