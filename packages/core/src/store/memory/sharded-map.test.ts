import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pooledRandomBytes } from '../../common/random.ts';
import { drawToken } from '../../session/token.ts';
import { userKey } from '../../users/user-index.ts';
import { ShardedMap } from './sharded-map.ts';

const key = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('one', 'two', 'three'));
const step = fc.oneof(
  fc.record({ act: fc.constant('set'), key, value: fc.nat() }),
  fc.record({ act: fc.constantFrom('get', 'delete'), key, value: fc.constant(0) }),
  fc.constant({ act: 'clear', key: '', value: 0 }),
);

it('behaves like one Map', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const one = new Map<string, number>();
      const many = new ShardedMap<number>();
      for (const { act, key: at, value } of steps) {
        if (act === 'set') {
          one.set(at, value);
          many.set(at, value);
        } else if (act === 'delete') expect(many.delete(at)).toBe(one.delete(at));
        else if (act === 'clear') {
          one.clear();
          many.clear();
        }
        expect(many.get(at)).toBe(one.get(at));
        expect(many.size).toBe(one.size);
      }
    }),
  );
});

it.for([
  ['session IDs', () => drawToken(pooledRandomBytes()).id],
  ['the keys of users', (i: number) => userKey(`user-${i}`)],
] as const)('spreads %s so that no shard holds more than a fiftieth', ([, make]) => {
  const map = new ShardedMap<number>();
  for (let i = 0; i < 2000; i += 1) map.set(make(i), i);
  expect(map.size).toBe(2000);
  expect(map.largestShard).toBeLessThan(40);
});
