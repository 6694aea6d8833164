import { DatabaseSync } from 'node:sqlite';

declare global {
  var shopDatabase: DatabaseSync | undefined;
}

// Next.js runs the app's modules while it builds. That must leave no file behind.
const isBuilding = process.env['NEXT_PHASE'] === 'phase-production-build';
const path = isBuilding ? ':memory:' : (process.env['DATABASE'] ?? 'shop.db');

/** One connection for the whole process, as there is one of the sessions. */
export const database: DatabaseSync = globalThis.shopDatabase ?? new DatabaseSync(path);
globalThis.shopDatabase = database;
