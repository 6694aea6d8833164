import { expect, it } from 'vitest';
import type { Exchange, Pace } from './exchange.ts';
import { seedsFor } from './simulate.ts';
import { arrive, drawClient, MINUTE, QUICK, stayForHours } from './visitors.ts';
import { World } from './world.ts';

const WRITES = 80;
const IN_TIME = 60_000;

it.each([0, 20, 50])(
  'a stream that updates for over an hour across four renewals loses nothing, with %d in 100 other responses lost',
  { timeout: IN_TIME },
  async (percent) => {
    for (const seed of seedsFor(5)) {
      const world = new World({ seed, loss: percent / 100 });
      const owner = world.browser(drawClient(world));
      let stream: Exchange | undefined;
      world.start(async () => {
        await arrive(world, owner);
        world.start(async () => {
          stream = await world.send(owner, { act: 'stream', writes: WRITES, every: MINUTE }, QUICK);
        });
        // A sign-in would end the stream.
        await stayForHours(world, owner, 1.5);
      });
      const { fault } = await world.run(`LOSSY_SEED=${seed}, a stream`);
      if (fault !== undefined) throw new Error(fault);
      const { life } = world.ledger.fact(owner.token) ?? {};
      const during = world.events.filter(
        ({ type, trueTime }) => type === 'confirmed' && trueTime > (stream?.opened?.at ?? Number.NaN),
      );
      expect(stream?.wrote).toHaveLength(WRITES);
      expect(during.length).toBeGreaterThanOrEqual(4);
      // Each of them was acknowledged in the session that the owner's last look, an hour and a half later, was served by.
      expect(life?.acknowledged.map(({ update }) => update)).toEqual(
        expect.arrayContaining(stream?.wrote ?? [Number.NaN]),
      );
      expect(owner.exchanges.at(-1)?.servedId).toBe(life?.id);
    }
  },
);

it('a stream opened before a sign-in writes nothing after it', async () => {
  const world = new World({ seed: 1, loss: 0 });
  const owner = world.browser(drawClient(world));
  world.start(async () => {
    await world.send(owner, { act: 'update' }, QUICK);
    const stream = world.send(owner, { act: 'stream', writes: 5, every: 1000 }, QUICK);
    await world.timeline.sleep(2500);
    await world.send(owner, { act: 'sign-in', userId: 'ada' }, QUICK);
    expect((await stream).wrote).toHaveLength(2);
    expect((await stream).failed?.error).toMatchObject({ code: 'ERR_SESSION_ENDED' });
    await world.send(owner, { act: 'read' }, QUICK);
  });
  const { fault } = await world.run('a stream and a sign-in');
  expect(fault).toBeUndefined();
});

it.each([
  ['renewed token', 'read'],
  ["successor's token", 'finish-keep'],
] as const)('a response held back for forty minutes puts no %s over a newer one', async (_, first) => {
  const world = new World({ seed: 1, loss: 0 });
  const owner = world.browser(drawClient(world));
  const longPoll: Pace = { ...QUICK, wayIn: 5000, beforeSeal: 40 * MINUTE };
  world.start(async () => {
    await world.send(owner, { act: 'update' }, QUICK);
    await world.send(owner, { act: 'sign-in', userId: 'ada' }, QUICK);
    await world.timeline.sleep(16 * MINUTE);
    // Both set out with the same token: the first response brings the next one, and the long poll has learnt of it too.
    const beginning = world.send(owner, { act: first }, { ...QUICK, wayBack: 10_000 });
    const held = world.send(owner, { act: 'read' }, longPoll);
    await beginning;
    const token = owner.token;
    for (let i = 0; i < 8; i += 1) {
      await world.timeline.sleep(6 * MINUTE);
      // The second confirms what the first may have brought.
      await world.send(owner, { act: 'update' }, QUICK);
      await world.send(owner, { act: 'update' }, QUICK);
    }
    expect((await held).arrived).toBeDefined();
    // The owner has gone on to a later token, which a late response must not take from him.
    expect(owner.token).not.toBe(token);
    expect((await world.send(owner, { act: 'read' }, QUICK)).servedId).toBe(
      world.ledger.fact(token)?.life.id,
    );
  });
  const { fault } = await world.run('a response held back');
  expect(fault).toBeUndefined();
});
