import type { SessionStore } from '@coatcheck/core';
import { makeRecord } from '../../src/record.ts';
import { recordsOf, referenceDatabase, referenceStore } from './reference-store.ts';

/** Opens a private store that claims to be the shared one. It contains the initial record under `key`. */
export function openStore(key: string): SessionStore {
  const database = referenceDatabase();
  recordsOf(database, 'shop:').set(key, makeRecord(1));
  return referenceStore(database, 'shop:');
}
