import { expect, it } from 'vitest';
import { manualTimers } from '../../../test/support/manual-timers.ts';
import { Publisher } from './publisher.ts';

const ENDED = Number.POSITIVE_INFINITY;
const idOf = (at: number) => String(at).padStart(22, 'A');

function setUp() {
  const timers = manualTimers();
  const sent: string[] = [];
  const state = { isDown: false, isSilent: false };
  const publisher = new Publisher({
    publish: async (message) => {
      if (state.isDown) throw new Error('down');
      if (state.isSilent) await new Promise(() => {});
      sent.push(message);
    },
    wait: timers.wait,
  });
  return { publisher, sent, state, advance: timers.advance };
}

it('sends all notices of one tick in one message, the highest generation of each session', async () => {
  const { publisher, sent, advance } = setUp();
  publisher.add(idOf(1), 2);
  publisher.add(idOf(2), ENDED);
  publisher.add(idOf(1), 1);
  await advance(0);
  expect(sent).toEqual([`${idOf(1)}:2 ${idOf(2)}`]);
});

it('sends at most 100 notices in a message', async () => {
  const { publisher, sent, advance } = setUp();
  for (let at = 0; at < 250; at += 1) publisher.add(idOf(at), ENDED);
  await advance(0);
  expect(sent.map((message) => message.split(' ').length)).toEqual([100, 100, 50]);
});

it('sends a failed message again every second until it succeeds, with what was added meanwhile', async () => {
  const { publisher, sent, state, advance } = setUp();
  state.isDown = true;
  publisher.add(idOf(1), ENDED);
  await advance(2500);
  publisher.add(idOf(2), ENDED);
  expect(sent).toEqual([]);
  state.isDown = false;
  await advance(500);
  expect(sent).toEqual([`${idOf(1)} ${idOf(2)}`]);
});

it('keeps at most 10,000 notices, and says that any session may have ended if there are more', async () => {
  const { publisher, sent, state, advance } = setUp();
  state.isDown = true;
  for (let at = 0; at < 10_001; at += 1) publisher.add(idOf(at), ENDED);
  state.isDown = false;
  await advance(1000);
  expect(sent).toEqual(['*']);
});

it('keeps what it learns after saying so', async () => {
  const { publisher, sent, advance } = setUp();
  publisher.addAll();
  publisher.add(idOf(1), ENDED);
  await advance(0);
  expect(sent).toEqual(['*', idOf(1)]);
});

it('sends a message again that is not confirmed within five seconds, with what was added meanwhile', async () => {
  const { publisher, sent, state, advance } = setUp();
  state.isSilent = true;
  publisher.add(idOf(1), 1);
  await advance(100);
  state.isSilent = false;
  publisher.add(idOf(2), ENDED);
  await advance(5_000);
  expect(sent).toEqual([]);
  await advance(1_000);
  expect(sent).toEqual([`${idOf(2)} ${idOf(1)}:1`]);
});
