import { SessionError } from '@coatcheck/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloneJson, isBlank, isCopy, toJson } from './json.ts';
import { isEqual } from './merge.ts';

/** JSON without the one key that is rejected. */
const jsonValues = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !JSON.stringify(value).includes('"__proto__"'));

describe('toJson', () => {
  it('gives what JSON gives back', () => {
    fc.assert(
      fc.property(jsonValues, (value) => {
        expect(toJson(value, 'data')).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('writes dates and objects with toJSON as JSON does, and leaves out undefined properties', () => {
    class Money {
      amount = 5;
      toJSON(): string {
        return '5 EUR';
      }
    }
    const value = { at: new Date(0), price: new Money(), nothing: undefined };
    expect(toJson(value, 'data')).toEqual({ at: '1970-01-01T00:00:00.000Z', price: '5 EUR' });
  });

  it.each([
    ['a function', () => {}, 'a function'],
    ['a bigint', 1n, 'a bigint'],
    ['a symbol', Symbol('x'), 'a symbol'],
    ['a Map', new Map(), 'a Map'],
    ['a Set', new Set(), 'a Set'],
    ['NaN', Number.NaN, 'NaN'],
    ['an undefined element', undefined, 'undefined'],
  ])('reports %s with its path', (_what, value, received) => {
    expect(() => toJson({ cart: [1, value] }, 'req.session')).toThrow(
      expect.objectContaining({
        code: 'ERR_DATA_INVALID',
        message: expect.stringContaining(
          `req.session.cart[1] must be a value that JSON can hold; received ${received}`,
        ),
      }),
    );
  });

  it('reports a cycle', () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    expect(() => toJson(cycle, 'data')).toThrow(SessionError);
  });

  it('reports a property that could pollute a prototype', () => {
    expect(() => toJson(JSON.parse('{"__proto__": 1}'), 'data')).toThrow(SessionError);
  });
});

describe('isCopy', () => {
  it('knows every copy, and no other value', () => {
    const json = jsonValues.map((value) => toJson(value, 'data'));
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(isCopy(cloneJson(a), a)).toBe(true);
        expect(isCopy(a, b)).toBe(isEqual(a, b));
      }),
    );
  });

  it.each([
    ['a changed element', [1, 2], [1, 3]],
    ['a hole in place of null', Array(1), [null]],
    ['another property', { b: 1 }, { a: 1 }],
    ['one property more', { a: 1, b: 1 }, { a: 1 }],
    ['an undefined property', { a: 1, b: undefined }, { a: 1 }],
    ['an object with toJSON', { toJSON: () => ({}) }, {}],
    ['a Date', new Date(0), {}],
    ['a Map', new Map(), {}],
    ['a list in place of an object', [], {}],
  ] as const)('leaves %s to toJson', (_what, value, json) => {
    expect(isCopy(value, JSON.parse(JSON.stringify(json)))).toBe(false);
  });
});

describe('cloneJson', () => {
  it('copies every object and list', () => {
    const json = { list: [{ a: 1 }], nothing: null };
    const copy = cloneJson(json);
    expect(copy).toEqual(json);
    Object.assign(json.list[0] ?? {}, { a: 2 });
    expect(copy).toEqual({ list: [{ a: 1 }], nothing: null });
  });
});

describe('isBlank', () => {
  it.each([
    [{}, true],
    [{ passport: {} }, true],
    [{ passport: {}, flash: {} }, true],
    [{ passport: { user: 'ada' } }, false],
    [{ cart: {} }, false],
    [{ passport: {}, cart: {} }, false],
    [{ a: [] }, false],
    [{ a: null }, false],
    [{ a: { b: 0 } }, false],
  ])('of %o is %s', (data, expected) => {
    expect(isBlank(data)).toBe(expected);
  });
});
