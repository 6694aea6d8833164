import { describe, expect, it } from 'vitest';
import { seedsFor } from './simulate.ts';
import { follow, isOther, type Look, ownTokens, steal } from './thieves.ts';
import { drawClient, MINUTE, QUICK } from './visitors.ts';
import { World } from './world.ts';

const RETIRED = [1, 2, 3] as const;
const LOOKS: readonly Look[] = [
  'other network',
  'other browser',
  'other network and browser',
  'same',
  'unknown',
];
const LOSSES = [0, 0.2, 0.5];
const IN_TIME = 60_000;

describe.each(RETIRED)(
  'a copy of the token that was retired %d renewals ago',
  { timeout: IN_TIME },
  (back) => {
    it.each(LOOKS.filter(isOther))(
      'from %s is caught every time, and the session ends for both',
      async (look) => {
        for (const { world, theft, fault } of await thefts(back, look)) {
          expect(fault).toBeUndefined();
          expect(theft?.thief.refusal).toBe('retired');
          expect(world.events.filter(({ type }) => type === 'reused')).toMatchObject([{ ended: true }]);
          expect(theft?.owner.refusal).toBe('unknown');
          expect(theft?.again.refusal).toBe('unknown');
        }
      },
    );

    it.each(LOOKS.filter((look) => !isOther(look)))(
      'from a client that looks %s gets nothing, and the owner stays signed in',
      async (look) => {
        for (const { world, theft, fault } of await thefts(back, look)) {
          expect(fault).toBeUndefined();
          expect(theft?.thief.refusal).toBe('retired');
          expect(theft?.again.refusal).toBe('retired');
          expect(theft?.thief.brings).toBeUndefined();
          expect(world.events.filter(({ type }) => type === 'reused')).toMatchObject([
            { ended: false },
            { ended: false },
          ]);
          expect(theft?.owner.servedId).toBeDefined();
          expect(theft?.owner.wrote).toHaveLength(1);
        }
      },
    );
  },
);

it('a copy of a token that was retired longer ago is unknown, and the owner stays signed in', {
  timeout: IN_TIME,
}, async () => {
  for (const { theft, fault } of await thefts(4, 'other network')) {
    expect(fault).toBeUndefined();
    expect(theft?.thief.refusal).toBe('unknown');
    expect(theft?.owner.servedId).toBeDefined();
  }
});

it('the later of thief and owner reveals the theft: a thief who renews first ends the session for both', {
  timeout: IN_TIME,
}, async () => {
  for (const seed of seedsFor(5)) {
    const world = new World({ seed, loss: 0 });
    world.start(async () => {
      const { owner } = await ownTokens(world);
      const stolen = owner.token;
      const thief = world.browser({ ip: '203.0.113.7', userAgent: undefined });
      await world.timeline.sleep(16 * MINUTE);
      const first = await world.send(thief, { act: 'read' }, QUICK, stolen);
      const second = await world.send(thief, { act: 'read' }, QUICK, first.brings);
      expect(second.servedId).toBeDefined();
      await world.timeline.sleep(2 * MINUTE);
      const late = await world.send(owner, { act: 'read' }, QUICK, stolen);
      expect(late.refusal).toBe('retired');
      expect((await world.send(thief, { act: 'read' }, QUICK, first.brings)).refusal).toBe('unknown');
    });
    const { fault, events } = await world.run(`LOSSY_SEED=${seed}, a thief who renews first`);
    expect(fault).toBeUndefined();
    expect(events.get('reused')).toBe(1);
  }
});

describe('documented limits', { timeout: IN_TIME }, () => {
  it('within the grace a copy of the retired token still opens the session, but brings no newer token', async () => {
    const world = new World({ seed: 1, loss: 0 });
    world.start(async () => {
      const { owner } = await ownTokens(world);
      const stolen = owner.token;
      await world.timeline.sleep(16 * MINUTE);
      await world.send(owner, { act: 'read' }, QUICK);
      await world.send(owner, { act: 'read' }, QUICK);
      const thief = world.browser({ ip: '203.0.113.7', userAgent: undefined });
      const copy = await world.send(thief, { act: 'read' }, QUICK, stolen);
      expect(copy.servedId).toBeDefined();
      expect(copy.brings).toBeUndefined();
    });
    const { fault, events } = await world.run('a thief within the grace');
    expect(fault).toBeUndefined();
    expect(events.get('reused')).toBeUndefined();
  });

  it('a thief who looks the same is taken for the owner after a crash, once, as long as the owner has used the newer token for less than half a minute', async () => {
    const world = new World({ seed: 1, loss: 0 });
    world.start(async () => {
      const { owner } = await ownTokens(world);
      const stolen = owner.token;
      await world.timeline.sleep(16 * MINUTE);
      for (let i = 0; i < 2; i += 1) await world.send(owner, { act: 'read' }, QUICK);
      await world.timeline.sleep(5 * MINUTE);
      const thief = world.browser(owner.client);
      const copy = await world.send(thief, { act: 'read' }, QUICK, stolen);
      expect(copy.servedId).toBeDefined();
      expect(copy.brings).toBe(owner.token);
      await world.send(owner, { act: 'read' }, QUICK);
      await world.timeline.sleep(2 * MINUTE);
      expect((await world.send(thief, { act: 'read' }, QUICK, stolen)).refusal).toBe('retired');
    });
    const { fault, events } = await world.run('a thief who looks the same');
    expect(fault).toBeUndefined();
    expect(events.get('recovered')).toBe(1);
  });

  it('a thief who follows every renewal as closely as the owner is not detected, which needs device binding', async () => {
    for (const seed of seedsFor(5)) {
      const world = new World({ seed, loss: 0.2 });
      world.start(async () => {
        const owner = world.browser(drawClient(world));
        await world.send(owner, { act: 'sign-in', userId: 'ada' }, QUICK);
        const stolen = owner.token ?? '';
        world.start(async () => {
          const exchanges = await follow(world, stolen, 2);
          expect(exchanges.every(({ servedId }) => servedId === owner.exchanges[0]?.beganId)).toBe(true);
        });
        for (let i = 0; i < 60; i += 1) {
          await world.timeline.sleep(world.draws.between(1, 4 * MINUTE));
          await world.send(owner, { act: 'update' });
        }
      });
      const { fault, events } = await world.run(`LOSSY_SEED=${seed}, a thief who follows`);
      expect(fault).toBeUndefined();
      expect(events.get('confirmed')).toBeGreaterThanOrEqual(4);
      expect(events.get('reused')).toBeUndefined();
    }
  });
});

async function thefts(back: number, look: Look) {
  const cases = LOSSES.flatMap((loss) => seedsFor(3).map((seed) => ({ loss, seed })));
  return Promise.all(
    cases.map(async ({ loss, seed }) => {
      const world = new World({ seed, loss });
      let theft: Awaited<ReturnType<typeof steal>>;
      world.start(async () => {
        theft = await steal(world, back, look);
      });
      const { fault } = await world.run(`LOSSY_SEED=${seed}, ${loss * 100} % lost, a thief`);
      return { world, theft, fault };
    }),
  );
}
