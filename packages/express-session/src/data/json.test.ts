import { SessionError } from '@coatcheck/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJson } from './json.ts';

describe('toJson', () => {
  it('gives what JSON gives back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
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
