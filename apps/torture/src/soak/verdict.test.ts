import { describe, expect, it } from 'vitest';
import { SoakError } from './record.ts';
import { soakLike } from './testing/samples.ts';
import { trendOf } from './trend.ts';
import { judgeSoak } from './verdict.ts';

const MB = 1e6;

describe('the trend', () => {
  it('of a line is its slope, for certain', () => {
    const trend = trendOf([0, 1, 2, 3, 4, 5].map((at) => ({ at, value: 7 + 2 * at })));
    expect(trend.slope).toBeCloseTo(2, 9);
    expect(trend.high - trend.low).toBeCloseTo(0, 6);
  });

  it('of independent values has the interval of the textbook', () => {
    // Anscombe's first set: the slope is 0.5001, with a standard error of 0.1179 and 9 degrees of freedom.
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    const trend = trendOf(x.map((at, i) => ({ at, value: y[i] ?? 0 })));
    expect(trend.slope).toBeCloseTo(0.5001, 3);
    expect(trend.high - trend.slope).toBeCloseTo(0.1179 * 2.262, 2);
  });

  it('is less certain where each value resembles the one before', () => {
    const width = (values: readonly number[]): number => {
      const { low, high } = trendOf(values.map((value, at) => ({ at, value })));
      return high - low;
    };
    const wave = Array.from({ length: 60 }, (_, at) => Math.sin(at / 5));
    const mixed = wave.map((_, at) => wave[(at * 7) % 60] ?? 0);
    expect(width(wave)).toBeGreaterThan(2 * width(mixed));
  });

  it('needs five values', () => {
    expect(() => trendOf([1, 2, 3, 4].map((at) => ({ at, value: at })))).toThrow('there are 4');
  });
});

describe('a soak', () => {
  it('whose heap only fills while it is warmed up is flat', () => {
    const { faults, servers } = judgeSoak(soakLike());
    expect(faults).toEqual([]);
    expect(Math.abs(servers[0]?.growth.slope ?? Number.NaN)).toBeLessThan(2 * MB);
  });

  it('that leaks a few bytes a request is found', () => {
    // 700 requests a second, of which each server has a half: 10 bytes each.
    const { faults } = judgeSoak(soakLike({ growth: 350 * 3600 * 10 }));
    expect(faults).toHaveLength(2);
    expect(faults[0]).toMatch(/^The heap of server 0 is not flat: it grows by [\d.]+ to [\d.]+ MB an hour/);
  });

  it('that is too noisy to tell is not called flat', () => {
    expect(judgeSoak(soakLike({ noise: 40 * MB })).faults).toHaveLength(2);
  });

  it('whose event loop is late is found', () => {
    expect(judgeSoak(soakLike({ delay: 21 })).faults[0]).toContain('late by 21.0 ms at the p99');
  });

  it('with an unhandled rejection is found', () => {
    expect(judgeSoak(soakLike({ rejections: 1 })).faults[0]).toBe('Server 0 had 1 unhandled rejections.');
  });

  it('whose server ended by itself is found', () => {
    expect(judgeSoak(soakLike({ sent: 0.9, died: ['Server 1 ended by itself'] })).faults).toEqual([
      'Server 1 ended by itself',
    ]);
  });

  it.for<[what: string, shape: Parameters<typeof soakLike>[0], message: string]>([
    ['that sent too little', { sent: 0.9 }, 'requests were sent, which shows nothing'],
    ['whose requests failed', { good: 0.98 }, 'requests were good, which shows nothing'],
  ])('%s is an error', ([, shape, message]) => {
    expect(() => judgeSoak(soakLike(shape))).toThrow(SoakError);
    expect(() => judgeSoak(soakLike(shape))).toThrow(message);
  });

  it('without readings is an error', () => {
    expect(() => judgeSoak({ ...soakLike(), servers: [] })).toThrow('Server 0 was measured 0 times');
  });
});
