// src/lib/server/sessions.ts
import { createSessions } from '@coatcheck/fetch';
import { sqliteStore } from '@coatcheck/sqlite';
import { database } from './database.ts';

export interface ShopData {
  cart: string[];
}

export const sessions = createSessions<ShopData>({
  store: sqliteStore(database),
  initial: () => ({ cart: [] }),
});
