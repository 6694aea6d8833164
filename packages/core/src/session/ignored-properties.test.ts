import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ignoredProperties } from './ignored-properties.ts';

function ignored(schema: z.ZodType<object>, stored: unknown) {
  return ignoredProperties(schema, stored, schema.parse(stored));
}

const CART = z.object({ cart: z.array(z.string()) });

describe('the ignored properties of stored data', () => {
  it('are those that the schema strips', () => {
    expect(ignored(CART, { cart: [], gift: true, note: null })).toEqual({ gift: true, note: null });
  });

  it('are none if the schema knows or keeps every property', () => {
    expect(ignored(CART, { cart: ['coat'] })).toBeUndefined();
    expect(ignored(CART.loose(), { cart: [], gift: true })).toBeUndefined();
  });

  it('do not include one that the schema turns into another', () => {
    const renamed = z
      .object({ basket: z.array(z.string()), cart: z.array(z.string()).optional() })
      .transform(({ basket }) => ({ cart: basket }));
    expect(ignored(renamed, { basket: ['coat'] })).toBeUndefined();
    const optional = z.preprocess(
      (data) => ({ cart: [], ...(data as object), ...('basket' in (data as object) && { cart: ['old'] }) }),
      CART,
    );
    expect(ignored(optional, { basket: ['coat'], gift: true })).toEqual({ gift: true });
  });

  it('do not include one that the schema returns as undefined, which removes it for good', () => {
    const removed = z.object({ cart: z.array(z.string()), gift: z.unknown().transform(() => undefined) });
    expect(ignored(removed, { cart: [], gift: true })).toBeUndefined();
  });

  it('are none if the schema returns something else each time', () => {
    let drawn = 0;
    const counting = z.object({ id: z.number().default(() => (drawn += 1)) });
    expect(ignored(counting, { gift: true })).toBeUndefined();
  });
});
