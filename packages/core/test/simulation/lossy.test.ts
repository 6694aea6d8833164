import { describe, expect, it } from 'vitest';
import { seedsFor, simulateAll } from './simulate.ts';

const LOSSES = [0, 20, 50];
const IN_TIME = 60_000;

describe.each(LOSSES)('browsers that lose %d in 100 responses', (percent) => {
  const loss = percent / 100;

  it('are never signed out by renewals, and lose no acknowledged update', { timeout: IN_TIME }, async () => {
    const { failures, events } = await simulateAll('renewals', seedsFor(5), loss);
    // Such a request is refused once, and the visitor keeps the session.
    const others = [...failures.keys()].filter((limit) => limit !== 'held open for longer than the grace');
    expect(others).toEqual([]);
    expect(events.get('reused')).toBeUndefined();
    expect(events.get('expired')).toBeUndefined();
    // What the promise is about did happen.
    expect(events.get('confirmed') ?? 0).toBeGreaterThan(100);
    expect(events.get('reissued') ?? 0).toBeGreaterThan(100);
  });

  it('that sign in and finish lose a session only by a documented limit', { timeout: IN_TIME }, async () => {
    const { failures, events } = await simulateAll('sign-ins', seedsFor(6), loss);
    expect(events.get('reused')).toBeUndefined();
    expect(events.get('signed-in') ?? 0).toBeGreaterThan(100);
    expect(events.get('finished') ?? 0).toBeGreaterThan(50);
    // Where nothing is lost, no failure may be put down to it.
    const lost = [...failures.keys()].filter((limit) => limit.endsWith('lost'));
    expect(lost.length > 0).toBe(loss > 0);
  });
});
