import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyString, json } from '../../test/support/arbitrary-state.ts';
import { thrown } from '../../test/support/set-up.ts';
import { checkSize, copyData, dataToJson, deepFreeze } from './data.ts';

class Money {
  readonly cents: number = 5;
}
class List extends Array<number> {}

function withHole(): unknown[] {
  const list: unknown[] = [1, 2, 3];
  delete list[1];
  return list;
}

function withProperty(): unknown {
  return Object.assign([1, 2], { total: 3 });
}

/** A hole and a property too many leave as many keys as a full array has. */
function withBoth(): unknown {
  return Object.assign(withHole(), { total: 3 });
}

function cycle(): unknown {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  return self;
}

function nested(depth: number): unknown {
  let value: unknown = 'leaf';
  for (let i = 0; i < depth; i += 1) value = [value];
  return value;
}

describe('data that survives JSON', () => {
  it('is written', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(dataToJson(value, 'data'))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('may contain strings that are not well-formed Unicode', () => {
    expect(JSON.parse(dataToJson({ text: '\ud800' }, 'data'))).toEqual({ text: '\ud800' });
    expect(dataToJson({ text: '\ud800' }, 'data').isWellFormed()).toBe(true);
  });

  it('may contain an object without a prototype, and one object twice', () => {
    const bare: Record<string, unknown> = Object.create(null);
    bare['a'] = 1;
    expect(dataToJson({ one: bare, two: bare }, 'data')).toBe('{"one":{"a":1},"two":{"a":1}}');
  });

  it('may come from another realm, such as vm or Jest', () => {
    const foreign: unknown = runInNewContext('({ cart: [{ sku: "coat" }], none: Object.create(null) })');
    expect(dataToJson(foreign, 'data')).toBe('{"cart":[{"sku":"coat"}],"none":{}}');
    expect(copyData(foreign)).toStrictEqual({ cart: [{ sku: 'coat' }], none: {} });
    expect(dataToJson(structuredClone({ cart: ['coat'] }), 'data')).toBe('{"cart":["coat"]}');
  });

  it('leaves out a property that is undefined', () => {
    expect(dataToJson({ a: undefined, b: 1 }, 'data')).toBe('{"b":1}');
  });

  it('turns a negative zero into zero', () => {
    expect(dataToJson({ a: -0 }, 'data')).toBe('{"a":0}');
  });

  it('may be nested 200 levels deep', () => {
    expect(dataToJson(nested(200), 'data')).toHaveLength(200 * 2 + 6);
  });
});

describe('data that does not survive JSON', () => {
  it.for<[path: string, fault: string, make: () => unknown]>([
    ['data.when', 'an instance of Date', () => ({ when: new Date(0) })],
    ['data.map', 'an instance of Map', () => ({ map: new Map([['secret', 1]]) })],
    ['data.set', 'an instance of Set', () => ({ set: new Set() })],
    ['data.price', 'an instance of Money', () => ({ price: new Money() })],
    ['data.list', 'an instance of a class', () => ({ list: List.from([1]) })],
    ['data.bytes', 'an instance of Uint8Array', () => ({ bytes: new Uint8Array(1) })],
    ['data.match', 'an instance of RegExp', () => ({ match: /x/ })],
    ['data.text', 'an instance of String', () => ({ text: Object('x') })],
    ['data.fault', 'an instance of TypeError', () => ({ fault: new TypeError('x') })],
    ['data.later', 'an instance of Promise', () => ({ later: Promise.resolve() })],
    ['data.when', 'an instance of Date', () => ({ when: runInNewContext('new Date(0)') })],
    [
      'data.list',
      'an instance of a class',
      () => ({ list: runInNewContext('new (class extends Array {})()') }),
    ],
    ['data.bare', 'an instance of a class', () => ({ bare: Object.create(Object.create(null)) })],
    ['data.count', 'a bigint', () => ({ count: 5n })],
    ['data.act', 'a function', () => ({ act: () => 5 })],
    ['data.toJSON', 'a function', () => ({ toJSON: () => 5 })],
    ['data.mark', 'a symbol', () => ({ mark: Symbol('secret') })],
    ['data.cart[1].price', 'NaN', () => ({ cart: [{ price: 1 }, { price: Number.NaN }] })],
    ['data.size', 'Infinity', () => ({ size: Number.POSITIVE_INFINITY })],
    ['data.size', '-Infinity', () => ({ size: Number.NEGATIVE_INFINITY })],
    ['data.cart[2]', 'undefined', () => ({ cart: [1, 2, undefined] })],
    ['data.cart', 'an array with holes or extra properties', () => ({ cart: withHole() })],
    ['data.cart', 'an array with holes or extra properties', () => ({ cart: withProperty() })],
    ['data.cart[1]', 'undefined', () => ({ cart: withBoth() })],
    ['data.deep', 'an object with a symbol as a key', () => ({ deep: { [Symbol('secret')]: 1 } })],
    ['data', 'an object with a symbol as a key', () => ({ [Symbol('secret')]: 1 })],
    ['data', 'undefined', () => undefined],
    ['data', 'an instance of Map', () => new Map()],
    [`data${'.self'.repeat(19)}.…`, 'nested deeper than 200 levels, or part of a cycle', cycle],
    [`data${'[0]'.repeat(32)}…`, 'nested deeper than 200 levels, or part of a cycle', () => nested(202)],
  ])('is rejected with its path: %s is %s', ([path, fault, make]) => {
    const { message } = thrown(() => dataToJson(make(), 'data'), 'ERR_DATA_INVALID');
    expect(message).toBe(
      `The session's data must survive JSON unchanged, but ${path} is ${fault}. Store a plain value in its place.`,
    );
  });

  it('names data or receipt in the message, and shows no value', () => {
    const { message } = thrown(() => dataToJson({ 'a b': [new Date(0)] }, 'receipt'), 'ERR_DATA_INVALID');
    expect(message).toContain("The session's receipt must survive JSON unchanged, but data.a b[0] is");
    expect(message).not.toContain('1970');
  });

  it('includes a property named __proto__ at any depth', () => {
    const planted: unknown = JSON.parse('{"cart":[{"__proto__":{"isAdmin":true}}]}');
    const { message } = thrown(() => dataToJson(planted, 'data'), 'ERR_DATA_INVALID');
    expect(message).toContain('a property named __proto__ at data.cart[0], which could pollute a prototype');
    thrown(() => dataToJson(JSON.parse('{"__proto__":null}'), 'data'), 'ERR_DATA_INVALID');
  });

  it('includes an object with another prototype', () => {
    const draft = Object.create({ isAdmin: true });
    thrown(() => dataToJson({ draft }, 'data'), 'ERR_DATA_INVALID');
  });
});

it('copies data at every level, without what is undefined', () => {
  fc.assert(
    fc.property(json, (value) => {
      const copy = copyData(value);
      expect(copy).toStrictEqual(value);
      if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value);
    }),
  );
  const shared = { tags: ['new'] };
  const copy = copyData({ one: shared, two: shared, gone: undefined });
  expect(copy).toStrictEqual({ one: shared, two: shared });
  expect(copy.one.tags).not.toBe(shared.tags);
  expect(copy.two).not.toBe(copy.one);
});

describe('checkSize', () => {
  const euros = '€'.repeat(10);

  it('counts bytes of UTF-8', () => {
    checkSize(euros, 30, 'data');
    const { message } = thrown(() => checkSize(euros, 29, 'data'), 'ERR_DATA_TOO_LARGE');
    expect(message).toContain("The session's data would take 30 bytes; maxDataBytes is 29");
    expect(message).not.toContain('€');
  });

  it('counts four bytes for a character outside the basic plane', () => {
    checkSize('😀', 4, 'data');
    thrown(() => checkSize('😀', 3, 'data'), 'ERR_DATA_TOO_LARGE');
  });

  it('accepts the last byte and rejects the next', () => {
    fc.assert(
      fc.property(anyString(1), (text) => {
        const bytes = Buffer.byteLength(text);
        checkSize(text, bytes, 'data');
        thrown(() => checkSize(text, bytes - 1, 'receipt'), 'ERR_DATA_TOO_LARGE');
      }),
    );
  });
});

it('freezes data at every level', () => {
  const data = deepFreeze({ cart: [{ sku: 'a' }], none: null, text: 'x' });
  expect(Object.isFrozen(data)).toBe(true);
  expect(Object.isFrozen(data.cart)).toBe(true);
  expect(Object.isFrozen(data.cart[0])).toBe(true);
});
