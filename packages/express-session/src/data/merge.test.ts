import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from './json.ts';
import { adoptInto, isEqual, mergeInto } from './merge.ts';

/** Merges what a request made of `before` into `now`. */
function merged(
  now: JsonObject,
  before: JsonObject,
  after: JsonObject,
  counters?: readonly string[],
): JsonObject {
  const result = structuredClone(now);
  mergeInto(result, before, after, new Set(counters));
  return result;
}

describe('mergeInto', () => {
  it('sets and deletes the properties that the request set and deleted, and no others', () => {
    expect(merged({ a: 1, b: 2, c: 3 }, { a: 1, b: 2 }, { a: 9 })).toEqual({ a: 9, c: 3 });
  });

  it('merges nested objects', () => {
    const now = { user: { name: 'Ada', theme: 'dark' } };
    expect(merged(now, { user: { name: 'Ada' } }, { user: { name: 'Ada', city: 'Oslo' } })).toEqual({
      user: { name: 'Ada', theme: 'dark', city: 'Oslo' },
    });
  });

  it('merges objects that two requests made at once', () => {
    expect(merged({ views: { '/a': 1 } }, {}, { views: { '/b': 1 } })).toEqual({
      views: { '/a': 1, '/b': 1 },
    });
  });

  it('appends what was appended', () => {
    expect(merged({ cart: ['a', 'b'] }, { cart: ['a'] }, { cart: ['a', 'c'] })).toEqual({
      cart: ['a', 'b', 'c'],
    });
  });

  it('joins lists that two requests made at once', () => {
    expect(merged({ cart: ['a'] }, {}, { cart: ['b'] })).toEqual({ cart: ['a', 'b'] });
  });

  it('keeps what others appended to a list that the request changed otherwise', () => {
    expect(merged({ cart: ['a', 'b', 'c'] }, { cart: ['a', 'b'] }, { cart: ['b'] })).toEqual({
      cart: ['b', 'c'],
    });
  });

  it('keeps a message that the request which deleted the list has not seen', () => {
    expect(merged({ flash: { info: ['old', 'new'] } }, { flash: { info: ['old'] } }, { flash: {} })).toEqual({
      flash: { info: ['new'] },
    });
  });

  it('lets the later save win if two requests changed the same value', () => {
    expect(merged({ theme: 'light' }, { theme: 'none' }, { theme: 'dark' })).toEqual({ theme: 'dark' });
    expect(merged({ list: [1] }, { list: [1, 2] }, { list: [2] })).toEqual({ list: [2] });
    expect(merged({ list: [1, 2] }, { list: 'none' }, { list: [3] })).toEqual({ list: [3] });
    expect(merged({ list: [1, 2] }, { list: [1] }, { list: 'none' })).toEqual({ list: 'none' });
  });

  it('adds up counters, and no other number', () => {
    const now = { stats: { views: 5, level: 5 } };
    const before = { stats: { views: 3, level: 3 } };
    const after = { stats: { views: 4, level: 4 } };
    expect(merged(now, before, after, ['stats.views'])).toEqual({ stats: { views: 6, level: 4 } });
    expect(merged({ views: 2 }, {}, { views: 1 }, ['views'])).toEqual({ views: 3 });
  });

  it('takes no property of a prototype for one of the data', () => {
    expect(merged({}, {}, { constructor: { a: 1 }, toString: 'x' })).toEqual({
      constructor: { a: 1 },
      toString: 'x',
    });
  });
});

describe('adoptInto', () => {
  const adopted = (now: JsonObject, before: JsonObject, after: JsonObject): JsonObject => {
    const result = structuredClone(now);
    adoptInto(result, before, after);
    return result;
  };

  it('fills in what is missing, and lets the later save win', () => {
    const now = { user: 'ada', stats: { views: 5 } };
    expect(adopted(now, {}, { user: 'ada', theme: 'dark', stats: { views: 6, level: 1 } })).toEqual({
      user: 'ada',
      theme: 'dark',
      stats: { views: 6, level: 1 },
    });
  });

  it('takes the longer list if one extends the other, and the later one otherwise', () => {
    const holding = (cart: string[]) => ({ cart });
    expect(adopted(holding(['a']), {}, holding(['a', 'b']))).toEqual(holding(['a', 'b']));
    expect(adopted(holding(['a', 'b']), {}, holding(['a']))).toEqual(holding(['a', 'b']));
    expect(adopted(holding(['a', 'b']), holding(['a']), holding(['a', 'b']))).toEqual(holding(['a', 'b']));
    expect(adopted(holding(['a']), {}, holding(['b']))).toEqual(holding(['b']));
  });

  it('keeps what others changed meanwhile and the request left alone', () => {
    const before = { views: 5, user: { theme: 'dark' } };
    const after = { views: 5, user: { theme: 'dark', name: 'ada' } };
    const now = { views: 8, user: { theme: 'light', name: 'ada' } };
    expect(adopted(now, before, after)).toEqual(now);
  });
});

const key = fc.constantFrom('a', 'b', 'c', 'constructor');
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JsonValue>(null, true, 1, 2, 'x', 'y'),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(key, tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const object = fc.dictionary(key, json, { maxKeys: 4, noNullPrototype: true });

describe('mergeInto, with any data', () => {
  it('returns what the request made if no other request wrote', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        expect(merged(before, before, after)).toEqual(after);
      }),
    );
  });

  it('changes nothing if the request changed nothing', () => {
    fc.assert(
      fc.property(object, object, (now, before) => {
        expect(merged(now, before, before)).toEqual(now);
      }),
    );
  });

  it('keeps both changes of different properties, in either order', () => {
    fc.assert(
      fc.property(object, json, json, (before, mine, theirs) => {
        const one = merged({ ...before, theirs }, before, { ...before, mine });
        const other = merged({ ...before, mine }, before, { ...before, theirs });
        expect(one).toEqual({ ...before, mine, theirs });
        expect(isEqual(one, other)).toBe(true);
      }),
    );
  });

  it('keeps every element that any of several requests appended', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer()),
        fc.array(fc.array(fc.integer()), { maxLength: 5 }),
        (start, requests) => {
          let now: JsonObject = { list: start };
          for (const items of requests) now = merged(now, { list: start }, { list: [...start, ...items] });
          expect(now['list']).toEqual([...start, ...requests.flat()]);
        },
      ),
    );
  });

  it('adopts nothing twice, whatever the data', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        const now = structuredClone(after);
        adoptInto(now, before, after);
        expect(now).toEqual(after);
      }),
    );
  });

  it('alters neither version of the request', () => {
    fc.assert(
      fc.property(object, object, object, (now, before, after) => {
        const copies = structuredClone([before, after]);
        merged(now, before, after);
        expect([before, after]).toEqual(copies);
      }),
    );
  });
});

describe('isEqual', () => {
  it('agrees with a comparison of sorted JSON', () => {
    const sorted = (value: JsonValue): string =>
      JSON.stringify(value, (_key, each: unknown) =>
        typeof each === 'object' && each !== null && !Array.isArray(each)
          ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
          : each,
      );
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(isEqual(a, b)).toBe(sorted(a) === sorted(b));
      }),
    );
  });
});
