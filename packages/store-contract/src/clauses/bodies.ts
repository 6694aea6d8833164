import { equal } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Lab } from '../lab.ts';
import { inHours, KEY, makeRecord, requireRecord } from '../record.ts';

const KIB = 1024;

/** Strings that databases, drivers and formats are known to interpret as something else. */
const LOOKALIKES = [
  ...['0', '007', '1e3', '1.0', '9007199254740993', 'NaN', 'null', 'undefined', 'true', '{}', '[]', '""'],
  ...[' padded ', '\t\r\n', 'a\r\nb\nc\rd', '\\x00\\', "'; --", '"$1 ?1 :a @b %s"', '$9\r\nunfinished\r\n'],
];

/** Lists the clauses about what a body may contain. */
export function bodies(): readonly Clause[] {
  return [
    {
      title: 'keeps an empty body',
      check: (lab) => requireKept(lab, ['']),
    },
    {
      title: 'keeps bodies of 64 kB and more',
      check: (lab) =>
        requireKept(lab, [
          'x'.repeat(64 * KIB),
          'x'.repeat(72 * KIB + 1),
          '\u{20AC}\u{1F511}'.repeat(10 * KIB),
        ]),
    },
    {
      title: 'keeps bodies that look like something other than a string',
      check: (lab) => requireKept(lab, LOOKALIKES),
    },
    {
      title: 'keeps characters of every Unicode plane, and does not normalise them',
      check: (lab) =>
        requireKept(lab, [
          everyPlane(),
          '\uFEFFa byte order mark first',
          'composed \u00E9, decomposed e\u0301, \u212B, \u1E9B\u0323, \uFB01',
          'the last of the plane \uFFFD\uFFFE\uFFFF',
          controlCharacters(),
        ]),
    },
    {
      title: 'keeps the character NUL at the start, in the middle and at the end',
      check: (lab) => requireKept(lab, ['\0', '\0start', 'mid\0dle', 'end\0', '\0\0']),
    },
    {
      title: 'rejects a lone surrogate, or keeps it',
      async check(lab) {
        const store = await lab.store();
        const earlier = makeRecord(1, 'well-formed');
        for (const [at, body] of ['\uD800', 'a\uDBFFb', '\uDC00', 'a\uDFFF'].entries()) {
          const key = `${KEY}-${at}`;
          await store.put(key, earlier);
          const next = makeRecord(2, body);
          let written: boolean | undefined;
          try {
            written = await store.replace(key, 1, next);
          } catch {}
          // A store that does not accept the body must reject: false would mean that somebody else has written.
          equal(written ?? true, true, 'A write without a competing writer must not return false');
          const why =
            written === undefined ? 'After a body was rejected' : 'After a lone surrogate was accepted';
          await requireRecord(store, key, written === undefined ? earlier : next, why);
        }
      },
    },
  ];
}

/** Requires that each body is returned unchanged, both when created and when it replaced another. */
async function requireKept(lab: Lab, kept: readonly string[]): Promise<void> {
  const store = await lab.store();
  const expiresAt = inHours(1);
  for (const [at, body] of kept.entries()) {
    const key = `${KEY}-${at}`;
    const created = makeRecord(1, body, expiresAt);
    await store.put(key, created);
    await requireRecord(store, key, created, 'After it was created');
    const replaced = makeRecord(2, `${body}${body}`, expiresAt);
    equal(await store.replace(key, 1, replaced), true, 'Replacing the expected version must return true');
    await requireRecord(store, key, replaced, 'After it replaced another');
  }
}

function everyPlane(): string {
  let characters = '';
  for (let plane = 0; plane <= 16; plane += 1) {
    characters += String.fromCodePoint(
      plane * 0x10000 + 0x21,
      plane * 0x10000 + 0xabcd,
      plane * 0x10000 + 0xfffd,
    );
  }
  return characters;
}

function controlCharacters(): string {
  return String.fromCodePoint(...Array.from({ length: 0x9f }, (_, at) => at + 1));
}
