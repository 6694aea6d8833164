import { equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { inHours, makeRecord, requireAbsent, requireRecord } from '../record.ts';

/** Keys that a store confuses, or misinterprets, if it does more than compare them. */
const KEYS = [
  ...[
    'a',
    'A',
    'a ',
    ' a',
    'a\0',
    'a\0b',
    'ab',
    'a%',
    'a_',
    'a*',
    'a?',
    '[a]',
    '{a}',
    '{a}b',
    'a:',
    'a:b',
    ':a',
  ],
  ...[
    'a/b',
    'a\\b',
    'a.b',
    '../a',
    "'",
    '"',
    "a';--",
    '`',
    '$1',
    '?1',
    '\n',
    '0',
    '00',
    '1',
    '1.0',
    '1e0',
    'null',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '\u00E9', 'e\u0301', '\u{1F511}', '\uFEFFa'],
  ...['k'.repeat(512), `${'k'.repeat(511)}K`, 'Rk9PQkFSYmF6cXV1eDEyMw', 'Rk9PQkFSYmF6cXV1eDEyMW'],
];

/** Lists the clauses about keys. */
export function keys(): readonly Clause[] {
  return [
    {
      title: 'accepts every key unchanged, and keeps all keys apart',
      async check(lab) {
        const store = await lab.store();
        const expiresAt = inHours(1);
        const entries = KEYS.map((key, at) => ({
          key,
          record: makeRecord(at + 1, `of key ${at}`, expiresAt),
        }));
        for (const { key, record } of entries) {
          await requireAbsent(store, key, `Before anything was written under ${JSON.stringify(key)}`);
          await store.put(key, record);
        }
        for (const { key, record } of entries) {
          const name = JSON.stringify(key);
          await requireRecord(store, key, record, `Under ${name}, with a record under each other key`);
          equal(await store.delete(key, record.version), true, `Deleting under ${name} must return true`);
        }
      },
    },
  ];
}
