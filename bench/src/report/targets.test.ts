import { describe, expect, it } from 'vitest';
import type { RequestCost, Results } from '../measure/results.ts';
import { judge } from './targets.ts';

const MEASURED: Results['measured'] = {
  date: '2026-01-01',
  cores: 2,
  cpu: 'any',
  node: 'v24.0.0',
  redis: undefined,
  versions: {},
  isQuick: false,
  rounds: 7,
};

function cost(microseconds: number): RequestCost {
  const stat = { median: microseconds, low: microseconds, high: microseconds };
  return { whole: stat, overhead: stat };
}

function writeTarget(results: Results) {
  return judge(results).find(({ number }) => number === '3');
}

describe('a target', () => {
  it('is met by a ratio at its limit, and missed by one above', () => {
    const resultsOf = (ours: number): Results => ({
      measured: MEASURED,
      requests: {
        'express/coatcheck': { write: cost(ours) },
        'express/express-session': { write: cost(40) },
      },
    });
    expect(writeTarget(resultsOf(10))).toMatchObject({ figure: '0.250', met: true });
    expect(writeTarget(resultsOf(10.1))).toMatchObject({ met: false });
  });

  it('is neither met nor missed if one of the two was not measured', () => {
    const results: Results = { measured: MEASURED, requests: { 'express/coatcheck': { write: cost(1) } } };
    expect(writeTarget(results)).toMatchObject({ figure: undefined, met: undefined });
  });

  it('is judged by the worst store if it applies to all of them', () => {
    const burst = (kept: number) => ({ kept, failed: 0, calls: { compareAndSet: 1 }, milliseconds: 1 });
    const results: Results = {
      measured: MEASURED,
      bursts: {
        'express/coatcheck': burst(50),
        'express/coatcheck-sqlite': burst(50),
        'express/coatcheck-redis': burst(49),
      },
    };
    expect(judge(results).find(({ what }) => what.endsWith('kept'))).toMatchObject({
      figure: '49',
      met: false,
    });
  });
});
