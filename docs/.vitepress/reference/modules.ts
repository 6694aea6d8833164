// The modules of the API reference, in the order in which its pages are shown.

import { join } from 'node:path';
import { type EntryPoint, entryPoints } from '../../../scripts/public-api.ts';

export const root: string = join(import.meta.dirname, '../../..');

/** A module, and the name of its page: `core-adapter`. */
export interface ReferenceModule extends EntryPoint {
  readonly page: string;
}

/** Adapters, stores, and what only authors of these need. */
const ORDER: readonly string[] = [
  ...['core', 'express', 'express-session', 'koa', 'hono', 'fastify', 'fetch'],
  ...['sqlite', 'redis', 'postgres', 'cloudflare', 'store-contract', 'adapter-contract'],
];

export const referenceModules: readonly ReferenceModule[] = entryPoints(root)
  .map((entry) => ({ ...entry, page: entry.specifier.replace('@coatcheck/', '').replaceAll('/', '-') }))
  .toSorted((a, b) => placeOf(a.folder) - placeOf(b.folder));

/** A package that is not listed comes last. */
function placeOf(folder: string): number {
  const place = ORDER.indexOf(folder);
  return place === -1 ? ORDER.length : place;
}
