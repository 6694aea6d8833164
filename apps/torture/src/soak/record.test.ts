import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { plotOf } from './plot.ts';
import { readSoak, SoakError, SoakWriter } from './record.ts';
import { soakTableOf } from './table.ts';
import { soakLike } from './testing/samples.ts';
import { judgeSoak } from './verdict.ts';

const directory = mkdtempSync(join(tmpdir(), 'coatcheck-soak-test-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'soak.jsonl');

const record = soakLike();
const writer = new SoakWriter(path);
for (const event of [record.run, ...record.servers, ...record.requests]) writer.write(event);
writer.close({ at: record.end.at, died: [] });
const whole = readFileSync(path, 'utf8');
const lines = whole.split('\n');

describe('the results of a soak', () => {
  it('are read as they were written', () => {
    expect(readSoak(path)).toEqual(record);
  });

  it('are a row of a table', () => {
    const [, , row] = soakTableOf([{ record, verdict: judgeSoak(record) }]).split('\n');
    expect(row).toMatch(
      /^\| Redis 7\.0\.15 \| 1,000\/s \| 700\/s \| 1,260,000 \| 0 \| 4 ms \| 12 ms \| 3\.0 ms<br>3\.0 ms \|/,
    );
  });
});

describe('the plot of a soak', () => {
  const plot = plotOf(record);

  it('has one line for each server, and a point for each reading', () => {
    const drawn = [...plot.matchAll(/class="line s\d" d="M([^"]+)"/g)].map(([, points = '']) => points);
    const points = drawn.filter((line) => line.includes('L')).map((line) => line.split('L').length);
    expect(points).toEqual([120, 120, 120, 120, 120]);
  });

  it('fits a narrow window, has colours for light and dark, and says in words what it shows', () => {
    expect(plot).toContain('viewBox="0 0 342 ');
    const [light = '', dark = ''] = plot.split('@media (prefers-color-scheme: dark)');
    const classesOf = (css: string): readonly (string | undefined)[] =>
      [...css.matchAll(/^ +(\S+) \{[^}]*(?:fill|stroke): #/gm)].map(([, name]) => name);
    expect(classesOf(dark)).toEqual(classesOf(light));
    expect(plot).toContain('Delay of the event loop, p99, in ms: 3.0 to 3.0, 3.0 to 3.0.');
  });
});

describe('damaged results are an error:', () => {
  it.for<[what: string, content: string]>([
    ['empty', ''],
    ['cut in the middle of a line', whole.slice(0, -20)],
    ['without the last line', `${lines.slice(0, -2).join('\n')}\n`],
    ['with a gap', `${[...lines.slice(0, 3), ...lines.slice(4)].join('\n')}`],
    ['without the first line', lines.slice(1).join('\n')],
    ['with a line that is not JSON', `oops\n${whole}`],
    ['with a line of something else', `{"type":"run"}\n${whole}`],
  ])('%s', ([, content]) => {
    const damaged = join(directory, 'damaged.jsonl');
    writeFileSync(damaged, content);
    expect(() => readSoak(damaged)).toThrow(SoakError);
  });
});
