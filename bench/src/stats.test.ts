import { describe, expect, it } from 'vitest';
import { statOf } from './stats.ts';

describe('the summary of measurements', () => {
  it('is their middle and the middle half around it, in any order', () => {
    expect(statOf([9, 1, 5, 3, 7])).toEqual({ median: 5, low: 3, high: 7 });
  });

  it('lies between the two middle ones if their number is even', () => {
    expect(statOf([1, 2, 3, 10]).median).toBe(2.5);
  });

  it('throws if nothing was measured', () => {
    expect(() => statOf([])).toThrow('Nothing was measured');
  });
});
