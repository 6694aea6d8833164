import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SpentProofs } from './spent-proofs.ts';

it('accepts each proof once', () => {
  const spent = new SpentProofs();
  expect(spent.spend('a', 100, 30)).toBe(true);
  expect(spent.spend('a', 100, 30)).toBe(false);
  expect(spent.spend('b', 100, 30)).toBe(true);
});

it('refuses what it has forgotten: proofs from before the window, and the oldest ones if it is full', () => {
  const spent = new SpentProofs(2);
  spent.spend('a', 100, 30);
  spent.spend('b', 101, 31);
  spent.spend('c', 102, 32);
  expect(spent.spend('a', 100, 32)).toBe(false);
  expect(spent.spend('d', 100.9, 32)).toBe(false);
  expect(spent.spend('b', 101, 32)).toBe(false);
  expect(spent.spend('d', 102, 32)).toBe(true);
  expect(spent.spend('e', 99, 100)).toBe(false);
});

it('whatever comes in whatever order: never the same proof twice, and a fresh one while fewer come than it keeps', () => {
  const use = fc.record({
    id: fc.integer({ min: 0, max: 30 }),
    age: fc.integer({ min: -10, max: 70 }),
    after: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(use, { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (uses, max) => {
      const spent = new SpentProofs(max);
      const accepted = new Set<string>();
      let now = 1_000;
      for (const { id, age, after } of uses) {
        now += after;
        const name = `${id} ${now - age}`;
        const isNew = spent.spend(name, now - age, now - 70);
        expect(isNew && accepted.has(name)).toBe(false);
        if (isNew) accepted.add(name);
      }
    }),
  );
});
