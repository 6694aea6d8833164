import { expect, it } from 'vitest';
import { check } from '../checker/check.ts';
import { cleanStory } from '../checker/testing/story.ts';
import { summarize } from './summary.ts';
import { tableOf } from './table.ts';

it('shows a run in one row: what failed by its code, the time until every server wrote again, and the violations', () => {
  const story = cleanStory({ strikes: true, nemesis: 'cut' })
    .fault('begins')
    .request(
      { client: 'bob', action: 'add', token: 't2', mark: 'bob.2' },
      { status: 503, reply: { code: 'ERR_STORE_UNAVAILABLE', isUnknown: true } },
    )
    .request({ client: 'bob', token: 't2' }, { kind: 'aborted' })
    .fault('ends');
  for (const server of [0, 1]) {
    story
      .wait(1000)
      .request(
        { server, action: 'add', mark: `ann.5${server}` },
        { reply: { loaded: { marks: '' }, after: { id: `N${server}`, marks: `ann.5${server}` } } },
      );
  }
  expect(tableOf([summarize(check(story.end()))]).split('\n')).toEqual([
    '| store | nemesis | seed | faults | requests | good | failed | p99 | slowest | recovery | undone | violations |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    '| sqlite | cut | 1 | 1 | 15 | 12 | refused 1, STORE_UNAVAILABLE 1 | 1 ms | 1 ms | 2.0 s | 0 | 0 |',
  ]);
});

it('says that a server never accepted a write again, not that it did after a time', () => {
  const story = cleanStory({ strikes: true, nemesis: 'cut' }).fault('begins').fault('ends');
  story.server(1, 'lost', 'It accepted no write within 30000 ms.');
  expect(tableOf([summarize(check(story.end()))])).toContain('| never | 0 | 1 |');
});
