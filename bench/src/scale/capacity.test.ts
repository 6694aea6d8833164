import { expect, it } from 'vitest';
import { needOf } from './capacity.ts';
import type { Growth, Point } from './growth.ts';

const stat = (median: number) => ({ median, low: median, high: median });

function growthOf(bytesEach: number, serverTime: number): Growth {
  const point: Point = { sessions: 1000, bytesEach, read: stat(10), write: stat(20) };
  return {
    measured: { date: '2026-01-01', cores: 2, cpu: 'any', node: 'v24.0.0', redis: '7.0', isQuick: false },
    points: {
      sqlite: [{ ...point, sweep: { cpu: 50, wall: 100 } }],
      redis: [{ ...point, server: { read: serverTime, write: serverTime } }],
    },
  };
}

it('computes visits, requests, memory and processors from how long a session stays in the store', () => {
  const need = needOf(2_400_000, growthOf(500, 5));
  expect(need).toMatchObject({ visitsAnHour: 3_600_000, requestsASecond: 10_000 });
  expect(need.sqlite.bytes).toBe(1.2e9);
  // 800 visits a second, each of ten requests of 30 µs and one swept session of 50 µs.
  expect(need.sqlite.processors).toBeCloseTo(0.28, 9);
  expect(need.redis).toMatchObject({ bytes: 1.2e9, processors: 0.1, primaries: 1, limit: 'none' });
});

it('asks for as many primaries as memory or the processor needs, whichever is more', () => {
  expect(needOf(1e9, growthOf(500, 1)).redis).toMatchObject({ primaries: 20, limit: 'memory' });
  expect(needOf(1e9, growthOf(500, 14.99)).redis).toMatchObject({ primaries: 250, limit: 'processor' });
});
