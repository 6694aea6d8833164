import { describe, expect, it } from 'vitest';
import { SessionError } from '../common/errors.ts';
import { begun, finished, rekeyed, withData } from '../session/lifecycle.ts';
import type { SessionState } from '../session/session-state.ts';
import { type Admission, type Change, type Changed, fold, saysEnded, sessionEnded } from './change.ts';

const NOW = 1000;
const START = begun({
  now: NOW,
  secretHash: 'first',
  timeouts: { idle: 1000, absolute: 10_000 },
  client: { network: '', browser: '', platform: '' },
  observed: {},
  user: undefined,
  data: '',
});

function change<R>(
  apply: (state: SessionState, now: number) => Changed<R>,
  admission: Admission | undefined = { generation: 0 },
): Change<R> {
  return { admission, ends: false, apply };
}

/** Appends to the data and returns what it found. */
const append = (text: string, admission?: Admission) =>
  change(
    (state) => ({ kind: 'write', state: withData(state, state.data + text), result: state.data }),
    admission,
  );
const remove = (admission?: Admission) => change(() => ({ kind: 'delete', result: 'deleted' }), admission);
const keep = (admission?: Admission) => change(({ data }) => ({ kind: 'keep', result: data }), admission);
const finishIt = (admission?: Admission) =>
  change(
    (state, at) => ({
      kind: 'write',
      state: finished(state, { at, receipt: undefined, successor: undefined }),
      result: 'finished',
    }),
    admission,
  );
const rekey = (admission?: Admission) =>
  change(
    (state, now) => ({ kind: 'write', state: rekeyed(state, 'drawn', now), result: 'rekeyed' }),
    admission,
  );

function results(changes: readonly Change<unknown>[], start: SessionState = START): unknown[] {
  return fold(start, changes, NOW).applied.map((each) =>
    each.kind === 'done' ? each.result : saysEnded(each.error) ? 'ended' : each.error,
  );
}

it('applies each change to the result of the one before it', () => {
  const outcome = fold(START, [append('a'), append('b'), append('c')], NOW);
  expect(outcome.kind).toBe('write');
  expect(outcome.state.data).toBe('abc');
  expect(outcome.applied.map((each) => each.kind === 'done' && [each.state.data, each.result])).toEqual([
    ['a', ''],
    ['ab', 'a'],
    ['abc', 'ab'],
  ]);
});

it('fails a change that throws, and no other', () => {
  const fault = new Error('mine');
  const failing = change(() => {
    throw fault;
  });
  const outcome = fold(START, [append('a'), failing, append('b')], NOW);
  expect(outcome.state.data).toBe('ab');
  expect(outcome.applied[1]).toMatchObject({ kind: 'failed', error: fault });
  expect(fold(START, [failing], NOW)).toMatchObject({ kind: 'keep', state: START });
});

it('marks a failure after another change as dependent on it', () => {
  const failing = change(() => {
    throw new Error('mine');
  });
  const depends = (changes: readonly Change<unknown>[]) =>
    fold(START, changes, NOW).applied.map((each) => each.kind === 'failed' && each.depends);
  expect(depends([failing, append('a'), failing])).toEqual([false, false, true]);
  expect(depends([remove(), append('a')])).toEqual([false, true]);
  expect(depends([keep(), failing])).toEqual([false, false]);
});

it('passes the clock of the write to each change', () => {
  expect(results([change((_state, now) => ({ kind: 'keep', result: now }))])).toEqual([NOW]);
});

it('writes nothing for a change that keeps the state', () => {
  expect(fold({ ...START, data: 'x' }, [keep()], NOW)).toMatchObject({ kind: 'keep', state: { data: 'x' } });
  expect(fold(START, [keep(), append('a'), keep()], NOW)).toMatchObject({
    kind: 'write',
    state: { data: 'a' },
  });
  expect(fold(START, [], NOW)).toMatchObject({ kind: 'keep', state: START, applied: [] });
});

describe('after a change that ends the session', () => {
  it('by deletion, later ones fail', () => {
    expect(results([append('a'), remove(), append('b'), keep()])).toEqual(['', 'deleted', 'ended', 'ended']);
    expect(fold(START, [append('a'), remove(), append('b')], NOW).kind).toBe('delete');
  });

  it('by finishing, later ones fail', () => {
    expect(results([finishIt(), append('b'), finishIt(), remove()])).toEqual([
      'finished',
      'ended',
      'ended',
      'ended',
    ]);
    const outcome = fold(START, [append('a'), finishIt(), append('b')], NOW);
    expect(outcome.kind).toBe('write');
    expect(outcome.state.finish).toBeDefined();
  });

  it('in an earlier write, all fail', () => {
    const over = finished(START, { at: 1, receipt: undefined, successor: undefined });
    expect(results([append('a', undefined), keep(), remove()], over)).toEqual(['ended', 'ended', 'ended']);
  });
});

describe('the generation', () => {
  it('must be the one in which the request was admitted', () => {
    expect(results([append('a', { generation: 1 })])).toEqual(['ended']);
    expect(results([append('a', { generation: 0 })], { ...START, generation: 1 })).toEqual(['ended']);
  });

  it('rises for the request that raised it and for no other', () => {
    const own: Admission = { generation: 0 };
    const other: Admission = { generation: 0 };
    expect(results([rekey(own), append('a', own), append('b', other)])).toEqual(['rekeyed', '', 'ended']);
  });

  it('is recorded only once the outcome is written', () => {
    const own: Admission = { generation: 0 };
    const other: Admission = { generation: 0 };
    const outcome = fold(START, [append('a', other), rekey(own)], NOW);
    expect(own.generation).toBe(0);
    expect([...outcome.generations]).toEqual([
      [other, 0],
      [own, 1],
    ]);
  });

  it('is not recorded past the end of the session', () => {
    const own: Admission = { generation: 0 };
    expect(fold(START, [finishIt(own)], NOW).generations.has(own)).toBe(false);
  });

  it('does not matter for a change that no request makes', () => {
    expect(results([append('a', undefined)].map((each) => ({ ...each, admission: undefined })))).toEqual([
      '',
    ]);
    const outside = { ...append('a'), admission: undefined };
    expect(results([outside], { ...START, generation: 9 })).toEqual(['']);
  });
});

it('recognises the error of an ended session, and no other', () => {
  expect(saysEnded(sessionEnded())).toBe(true);
  expect(saysEnded(new SessionError('ERR_DATA_INVALID', ''))).toBe(false);
  expect(saysEnded(Object.assign(new Error(), { code: 'ERR_SESSION_ENDED' }))).toBe(false);
  expect(sessionEnded().status).toBe(409);
});
