import { type Mutant, mangling } from './mutant.ts';

/** Stores that damage bodies or versions. */
export const BODY_MUTANTS: readonly Mutant[] = [
  {
    fault: 'treats an empty body as an absent record',
    make: ({ store }) => ({
      ...store,
      read(key) {
        const found = store.read(key);
        return found?.body ? found : undefined;
      },
    }),
    fails: ['keeps an empty body'],
  },
  {
    fault: 'cuts bodies at 65,535 characters',
    make: (parts) => mangling(parts, (record) => ({ ...record, body: record.body.slice(0, 65_535) })),
    fails: ['keeps bodies of 64 kB and more'],
  },
  {
    fault: 'turns bodies that look like numbers into numbers',
    make: (parts) =>
      mangling(parts, (record) => ({
        ...record,
        body: /^\d+$/.test(record.body) ? String(Number(record.body)) : record.body,
      })),
    fails: ['keeps bodies that look like something other than a string'],
  },
  {
    fault: 'trims bodies',
    make: (parts) =>
      mangling(parts, (record) => ({ ...record, body: record.body.replace(/^[ \t]+|[ \t]+$/g, '') })),
    fails: ['keeps bodies that look like something other than a string'],
  },
  {
    fault: 'loses characters beyond the first plane',
    make: (parts) =>
      mangling(parts, (record) => ({
        ...record,
        body: record.body.replace(/[\u{10000}-\u{10FFFF}]/gu, '?'),
      })),
    fails: [
      'keeps bodies of 64 kB and more',
      'keeps characters of every Unicode plane, and does not normalise them',
    ],
  },
  {
    fault: 'normalises bodies',
    make: (parts) => mangling(parts, (record) => ({ ...record, body: record.body.normalize('NFC') })),
    fails: ['keeps characters of every Unicode plane, and does not normalise them'],
  },
  {
    fault: 'drops a byte order mark',
    make: (parts) => mangling(parts, (record) => ({ ...record, body: record.body.replace(/^\uFEFF/, '') })),
    fails: ['keeps characters of every Unicode plane, and does not normalise them'],
  },
  {
    fault: 'cuts bodies off at NUL',
    make: (parts) => mangling(parts, (record) => ({ ...record, body: record.body.split('\0')[0] ?? '' })),
    fails: ['keeps the character NUL at the start, in the middle and at the end'],
  },
  {
    fault: 'replaces a lone surrogate with another character',
    make: (parts) => mangling(parts, (record) => ({ ...record, body: record.body.toWellFormed() })),
    fails: ['rejects a lone surrogate, or keeps it'],
  },
  {
    fault: 'returns false for a body that it rejects',
    make: ({ store }) => ({
      ...store,
      compareAndSet: (key, expected, next) =>
        (next === null || next.body.isWellFormed()) && store.compareAndSet(key, expected, next),
    }),
    fails: ['rejects a lone surrogate, or keeps it'],
  },
  {
    fault: 'keeps 32 bits of a version',
    make: (parts) => mangling(parts, (record) => ({ ...record, version: record.version | 0 })),
    fails: ['keeps versions up to 2^53 - 1 exactly', 'distinguishes versions near 2^53'],
  },
  {
    fault: 'compares versions as 32-bit floats',
    make: ({ store, records }) => ({
      ...store,
      compareAndSet(key, expected, next) {
        const version = records().get(key)?.version ?? null;
        const alike = version !== null && expected !== null && Math.fround(version) === Math.fround(expected);
        return store.compareAndSet(key, alike ? version : expected, next);
      },
    }),
    fails: ['distinguishes versions near 2^53'],
  },
];
