import { describe, expect, it } from 'vitest';
import { seedsFor, simulateAll } from './simulate.ts';
import { isOther } from './thieves.ts';
import { hunt, THIEF_LOOKS } from './thieves-at-large.ts';

const IN_TIME = 60_000;

describe('browsers that are killed at any moment, with cookies that reach the disk within half a minute', {
  timeout: IN_TIME,
}, () => {
  it('are taken back with the cookie that their disk had', async () => {
    const { failures, events, wentBack, endedByReuse } = await simulateAll('kills', seedsFor(3));
    expect([...failures]).toEqual([]);
    expect(events.get('reused')).toBeUndefined();
    expect(endedByReuse).toBe(0);
    expect(wentBack).toBeGreaterThan(20);
    expect(events.get('recovered') ?? 0).toBeGreaterThan(10);
  });

  it('that sign in, finish and sign out lose a session only by a documented limit', async () => {
    const { failures, events, wentBack, endedByReuse } = await simulateAll('kills and sign-ins', seedsFor(6));
    expect(failures.get('killed before the cookie of the sign-in was on the disk') ?? 0).toBeGreaterThan(0);
    expect(endedByReuse).toBe(0);
    expect(wentBack).toBeGreaterThan(30);
    expect(events.get('recovered') ?? 0).toBeGreaterThan(3);
  });

  it('again before the cookie that they got back is on the disk are refused, and end nothing', async () => {
    const { failures, endedByReuse } = await simulateAll('kills in a row', seedsFor(3));
    const limits = [...failures.keys()];
    expect(limits.filter((limit) => limit !== 'killed twice before a newer cookie was on the disk')).toEqual(
      [],
    );
    expect(endedByReuse).toBe(0);
  });
});

describe('two jars of one device', { timeout: IN_TIME }, () => {
  it.each(['two jars', 'saved state'] as const)(
    'never end the session for each other, and one is refused only where the other went on (%s)',
    async (story) => {
      const { failures, events, endedByReuse } = await simulateAll(story, seedsFor(3));
      expect(endedByReuse).toBe(0);
      expect(events.get('recovered') ?? 0).toBeGreaterThan(0);
      expect(failures.get('another jar went on with a newer token') ?? 0).toBeGreaterThan(0);
    },
  );
});

it.each(THIEF_LOOKS.filter(isOther))(
  'a thief from %s is served no longer than the grace, though the owner crashes again and again',
  { timeout: IN_TIME },
  async (look) => {
    let [copied, caught] = [0, 0];
    for (const seed of seedsFor(3)) {
      const haul = await hunt(seed, look, 0.2);
      expect(haul.servedLate).toBe(0);
      copied += haul.copied;
      caught += haul.caught;
    }
    expect(caught).toBeGreaterThan(copied / 2);
  },
);
