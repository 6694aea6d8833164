import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanStory } from '../checker/testing/story.ts';
import { HistoryError, parseHistory, readHistory } from './reader.ts';
import { HistoryWriter } from './writer.ts';

const directory = mkdtempSync(join(tmpdir(), 'coatcheck-history-'));
afterAll(() => rmSync(directory, { recursive: true }));

const whole = cleanStory()
  .end()
  .map((event) => `${JSON.stringify(event)}\n`)
  .join('');
const lines = whole.split('\n');

describe('a history', () => {
  it('is read as it was written', () => {
    const writer = new HistoryWriter(join(directory, 'written.jsonl'));
    for (let server = 0; server < 1000; server += 1)
      writer.write({ type: 'server', server, what: 'started' });
    writer.close();
    const events = readHistory(writer.path);
    expect(events).toHaveLength(1001);
    expect(events[999]).toMatchObject({ type: 'server', server: 999, what: 'started' });
  });

  it('is cut if its writer was not closed', () => {
    const writer = new HistoryWriter(join(directory, 'open.jsonl'));
    for (let server = 0; server < 500; server += 1) writer.write({ type: 'server', server, what: 'started' });
    expect(() => readHistory(writer.path)).toThrow('it has no last line');
  });
});

describe('a damaged history is an error, and no history without violations:', () => {
  it.for<[what: string, content: string]>([
    ['empty', ''],
    ['cut in the middle of a line', whole.slice(0, -20)],
    ['cut between two lines', `${lines.slice(0, 5).join('\n')}\n`],
    ['without its last line', `${lines.slice(0, -2).join('\n')}\n`],
    ['with a gap', `${[...lines.slice(0, 3), ...lines.slice(4)].join('\n')}`],
    ['with a line that is not JSON', `oops\n${whole}`],
    ['with a line that is no event', `{"type":"else","at":1}\n${whole}`],
    ['with an event that lacks a member', `{"type":"outcome","at":1}\n${whole}`],
  ])('%s', ([, content]) => {
    expect(() => parseHistory(content)).toThrow(HistoryError);
  });

  it('a whole one is none', () => {
    expect(parseHistory(whole)).toHaveLength(lines.length - 1);
  });
});
