import { describe, expect, it } from 'vitest';
import { seedsFor, simulateAll } from './simulate.ts';

const LOSSES = [0, 0.2, 0.5];
const IN_TIME = 60_000;

describe.each(LOSSES)('browsers of which %d of the answers are lost', (loss) => {
  it('are never signed out by renewals, and lose no acknowledged update', { timeout: IN_TIME }, async () => {
    const { failures, events } = await simulateAll('renewals', seedsFor(5), loss);
    expect([...failures]).toEqual([]);
    expect(events.get('reused')).toBeUndefined();
    expect(events.get('expired')).toBeUndefined();
    // What the promise is about did happen.
    expect(events.get('confirmed')).toBeGreaterThan(100);
    expect(events.get('reissued')).toBeGreaterThan(100);
  });

  it('that sign in and finish lose a session only by a documented limit', { timeout: IN_TIME }, async () => {
    const { failures, events } = await simulateAll('sign-ins', seedsFor(6), loss);
    expect(events.get('reused')).toBeUndefined();
    expect(events.get('signed-in')).toBeGreaterThan(100);
    expect(events.get('finished')).toBeGreaterThan(50);
    // Where nothing is lost, no failure may be put down to it.
    const lost = [...failures.keys()].filter((limit) => limit.endsWith('lost'));
    expect(lost.length > 0).toBe(loss > 0);
  });
});
