import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pageOf } from './page.ts';
import { appendResult, readResults } from './results.ts';
import type { Summary } from './summary.ts';

const directory = mkdtempSync(join(tmpdir(), 'coatcheck-results-'));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;

function newPath(): string {
  files += 1;
  return join(directory, `${files}.jsonl`);
}

const RUN: Summary = {
  store: 'redis',
  nemesis: 'cut',
  seed: 1,
  seconds: 60,
  faults: 3,
  requests: 1000,
  ok: 900,
  failures: { ERR_STORE_UNAVAILABLE: 50, lost: 20, refused: 5, ERR_SESSION_ENDED: 7 },
  p99: 100,
  slowest: 2000,
  recovery: 300,
  warnings: {},
  sessions: 10,
  updates: 500,
  violations: 0,
  undone: 1,
};

/** Writes results into a file, and returns the page of what is read from it. */
function page(...runs: readonly Partial<Summary>[]): string {
  const path = newPath();
  for (const run of runs) appendResult(path, 'Redis 7.0.15', { ...RUN, ...run });
  return pageOf(readResults([path]));
}

const FAILURE = { store: 'redis', nemesis: 'cut', seed: 2, seconds: 60, failed: 'Server 1 did not start' };

describe('the page of results', () => {
  it('sums up the counts of the seeds of a nemesis, and shows the longest of their times', () => {
    const content = page({ seed: 2, requests: 3000, p99: 50, recovery: 1500 }, {}, { nemesis: 'silent' });
    expect(content).toContain('3 runs of 2 pairs, each of 60 s, with 5,000 requests, on 2');
    expect(content.split('\n').slice(2)).toEqual([
      '**Redis**',
      '',
      '| nemesis | seeds | faults | requests | 503 | no response | p99 | slowest | recovery | undone | violations |',
      '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      '| `cut` | 1, 2 | 6 | 4,000 | 2.5 % | 1.3 % | 100 ms | 2.0 s | 1.5 s | 2 | 0 |',
      '| `silent` | 1 | 3 | 1,000 | 5.0 % | 2.5 % | 100 ms | 2.0 s | 300 ms | 1 | 0 |',
    ]);
  });

  it('says that a server never recovered, also if it did with another seed', () => {
    expect(page({ recovery: 'never' }, { seed: 2 })).toContain('| never | 2 | 0 |');
  });

  it('shows no time to recover without faults, and a rare failure not as none', () => {
    const content = page({ recovery: undefined, failures: { lost: 1 }, requests: 100_000 });
    expect(content).toContain('| 0 | < 0.1 % | 100 ms | 2.0 s | – |');
  });

  it('has no table for runs of which one did not take place, until it was repeated', () => {
    const path = newPath();
    appendResult(path, 'Redis 7.0.15', RUN);
    appendResult(path, 'Redis 7.0.15', FAILURE);
    expect(() => pageOf(readResults([path]))).toThrow(
      'These runs did not take place: redis under cut, seed 2, 60 s.',
    );
    appendResult(path, 'Redis 7.0.15', { ...RUN, seed: 2 });
    expect(pageOf(readResults([path]))).toContain('| `cut` | 1, 2 |');
  });

  it.for<[what: string, content: string]>([
    ['empty', ''],
    ['cut', '{"store":"redis"'],
    ['of something else', '{"store":"redis"}\n'],
    ['of no JSON', 'oops\n'],
    [
      'with an infinite time',
      `${JSON.stringify({ date: '', node: '', version: '', ...RUN, recovery: null })}\n`,
    ],
  ])('rejects a file that is %s', ([, content]) => {
    const path = newPath();
    writeFileSync(path, content);
    expect(() => readResults([path])).toThrow(path);
  });
});
