import type { SessionStore } from '@coatcheck/core';
import { makeRecord } from '../../src/record.ts';
import { recordsOf, referenceDatabase, referenceStore } from './reference-store.ts';

/** Opens a store that each process believes to be the shared one, and that holds under `key` what the others began with. */
export function openStore(key: string): SessionStore {
  const database = referenceDatabase();
  recordsOf(database, 'shop:').set(key, makeRecord(1));
  return referenceStore(database, 'shop:');
}
