import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fate, foldIndex, type IndexChange, toExamine, type UserLimit } from './index-change.ts';
import { NO_INDEX, type UserIndex } from './user-index.ts';

const END_OLDEST: UserLimit = { maxPerUser: 2, onExceed: 'end-oldest' };
const REFUSE: UserLimit = { maxPerUser: 2, onExceed: 'refuse' };

const listing = (...ids: string[]): UserIndex => ({
  ...NO_INDEX,
  sessions: ids.map((id) => ({ id, epoch: 0 })),
});
const add = (id: string, epoch = 0): IndexChange => ({ kind: 'add', session: { id, epoch }, until: 100 });
const fates = (uses: Readonly<Record<string, number | 'dead' | 'unreadable'>>): Map<string, Fate> =>
  new Map(
    Object.entries(uses).map(([id, use]): [string, Fate] => [
      id,
      typeof use === 'number' ? { kind: 'live', lastUsedAt: use } : { kind: use },
    ]),
  );
const idsOf = ({ sessions }: UserIndex) => sessions.map(({ id }) => id);

function outcome(start: UserIndex, changes: IndexChange[], known: Map<string, Fate>, limit: UserLimit) {
  const { index, results, victims } = foldIndex(start, changes, known, limit);
  return { ids: idsOf(index), kinds: results.map(({ kind }) => kind), victims };
}

describe('several sign-ins in one batch', () => {
  it('end the sessions unused for longest, and no more than needed', () => {
    const start = listing('a', 'b');
    expect(outcome(start, [add('c')], fates({ a: 5, b: 1 }), END_OLDEST)).toEqual({
      ids: ['a', 'c'],
      kinds: ['done'],
      victims: ['b'],
    });
    expect(outcome(start, [add('c')], fates({ a: 5, b: 'dead' }), END_OLDEST).victims).toEqual([]);
  });

  it('end the first of their own if they are more than the limit', () => {
    const batch = [add('c'), add('d'), add('e')];
    expect(outcome(listing('a'), batch, fates({ a: 1 }), END_OLDEST)).toEqual({
      ids: ['d', 'e'],
      kinds: ['done', 'done', 'done'],
      victims: ['a', 'c'],
    });
  });

  it('make no room for one that is revoked', () => {
    expect(outcome(listing('a', 'b'), [add('c', 7)], fates({ a: 1, b: 2 }), END_OLDEST)).toEqual({
      ids: ['a', 'b'],
      kinds: ['revoked'],
      victims: [],
    });
  });

  it('are refused once the limit is reached', () => {
    expect(outcome(listing('a'), [add('b'), add('c')], fates({ a: 1 }), REFUSE)).toEqual({
      ids: ['a', 'b'],
      kinds: ['done', 'full'],
      victims: [],
    });
  });

  it('leave one that is listed already its place', () => {
    const start = listing('a', 'b');
    const known = fates({ a: 1, b: 2 });
    expect(outcome(start, [add('c'), add('b')], known, REFUSE)).toEqual({
      ids: ['a', 'b'],
      kinds: ['full', 'done'],
      victims: [],
    });
    expect(toExamine(start, [add('c'), add('b')], REFUSE)).toEqual(['a', 'b']);
  });

  it('list none that was ended at an earlier attempt', () => {
    expect(outcome(listing('a'), [add('b')], fates({ b: 'dead' }), END_OLDEST).ids).toEqual(['a']);
  });
});

describe('the records to examine', () => {
  it('are none while there is room', () => {
    expect(toExamine(listing('a'), [add('b')], END_OLDEST)).toEqual([]);
    expect(toExamine(listing('a'), [{ kind: 'ask', id: undefined }], REFUSE)).toEqual([]);
    expect(toExamine(listing('a', 'b'), [add('b'), { kind: 'ask', id: 'a' }], REFUSE)).toEqual([]);
  });

  it('are all if there is none', () => {
    expect(toExamine(listing('a', 'b'), [add('c')], END_OLDEST)).toEqual(['a', 'b']);
    expect(toExamine(listing('a', 'b'), [{ kind: 'ask', id: undefined }], REFUSE)).toEqual(['a', 'b']);
  });

  it('are all if a list that grows is over twice the limit', () => {
    const succeed: IndexChange = {
      kind: 'succeed',
      before: 'a',
      session: { id: 'z', epoch: 0 },
      until: 0,
    };
    expect(toExamine(listing('a', 'b', 'c', 'd'), [succeed], END_OLDEST)).toEqual([]);
    expect(toExamine(listing('a', 'b', 'c', 'd', 'e'), [succeed], END_OLDEST)).toHaveLength(5);
  });

  it('are those that a removal names and that are listed', () => {
    const remove: IndexChange = { kind: 'remove', dead: ['b'], ids: ['a', 'x'] };
    expect(toExamine(listing('a', 'b'), [remove], END_OLDEST)).toEqual(['a']);
    expect(outcome(listing('a', 'b', 'c'), [remove], fates({ a: 'unreadable' }), END_OLDEST).ids).toEqual([
      'a',
      'c',
    ]);
  });
});

it('never leaves more live sessions than the limit, and applied twice changes nothing more', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const change = fc.oneof(
    id.map((each) => add(each)),
    fc.record({ kind: fc.constant('remove' as const), dead: fc.constant([]), ids: fc.array(id) }),
    fc.record({ kind: fc.constant('ask' as const), id }),
  );
  const fate: fc.Arbitrary<Fate> = fc.oneof(
    fc.nat().map((lastUsedAt) => ({ kind: 'live' as const, lastUsedAt })),
    fc.constant({ kind: 'dead' as const }),
  );
  const onExceed = fc.constantFrom('end-oldest' as const, 'refuse' as const);
  fc.assert(
    fc.property(
      fc.uniqueArray(id, { maxLength: 3 }),
      fc.array(change, { maxLength: 6 }),
      fc.array(fate, { minLength: 6, maxLength: 6 }),
      onExceed,
      (listed, changes, states, exceed) => {
        const limit: UserLimit = { maxPerUser: 3, onExceed: exceed };
        const known = new Map<string, Fate>();
        const start = listing(...listed);
        for (const each of toExamine(start, changes, limit)) {
          known.set(each, states['abcdef'.indexOf(each)] ?? { kind: 'dead' });
        }
        const once = foldIndex(start, changes, known, limit);
        expect(once.index.sessions.length).toBeLessThanOrEqual(3);
        for (const each of once.victims) known.set(each, { kind: 'dead' });
        const accepted = changes.filter((_, i) => once.results[i]?.kind === 'done');
        for (const { id: each } of once.index.sessions) {
          if (!known.has(each)) known.set(each, { kind: 'live', lastUsedAt: 0 });
        }
        const twice = foldIndex(once.index, accepted, known, limit);
        expect(new Set(idsOf(twice.index))).toEqual(new Set(idsOf(once.index)));
        expect(twice.victims).toEqual([]);
      },
    ),
  );
});
