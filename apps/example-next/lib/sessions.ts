// lib/sessions.ts
import { createSessions, type Sessions } from '@coatcheck/fetch';
import { sqliteStore } from '@coatcheck/sqlite';
import { database } from './database';

export interface ShopData {
  cart: string[];
}

declare global {
  var shopSessions: Sessions<ShopData> | undefined;
}

// Next.js bundles routes separately and reloads modules in development, so this module may be evaluated several times in a process. The sessions must not.
export const sessions: Sessions<ShopData> =
  globalThis.shopSessions ??
  createSessions<ShopData>({ store: sqliteStore(database), initial: () => ({ cart: [] }) });
globalThis.shopSessions = sessions;
