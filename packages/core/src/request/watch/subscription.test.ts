import { expect, it } from 'vitest';
import { manualTimers } from '../../../test/support/manual-timers.ts';
import type { StoreSubscriber } from '../../store/store.ts';
import { StorePort } from '../../store/store-port.ts';
import { KeptSubscription } from './subscription.ts';

/** A store whose subscriptions are in the test's hands, and what is heard from it. */
function setUp() {
  const timers = manualTimers();
  const heard: string[] = [];
  const opened: StoreSubscriber[] = [];
  const state = { isDown: false, isSilent: false, closed: 0 };
  const port = new StorePort(
    {
      read: () => undefined,
      compareAndSet: () => false,
      publish: () => {},
      subscribe(subscriber) {
        opened.push(subscriber);
        return {
          check: async () => {
            if (state.isSilent) await new Promise(() => {});
            if (state.isDown) throw Object.assign(new Error('secret detail'), { code: 'ECONNREFUSED' });
          },
          close: () => {
            state.closed += 1;
          },
        };
      },
    },
    () => 0,
    (operation) => heard.push(`failed to ${operation}`),
  );
  const kept = new KeptSubscription({
    port,
    wait: timers.wait,
    onMessage: (message) => heard.push(message),
    onConnected: () => heard.push('connected'),
    onLost: (error) => heard.push(error instanceof Error ? error.message.slice(0, 43) : ''),
  });
  return { kept, heard, opened, state, advance: timers.advance };
}

const LOST = 'The session store failed to subscribe: it r';

it('says once that it is connected, and passes messages on', async () => {
  const { heard, opened, advance } = setUp();
  await advance(10_000);
  opened[0]?.message('hello');
  expect(heard).toEqual(['connected', 'hello']);
  expect(opened).toHaveLength(1);
});

it('opens another subscription 250 ms after one was lost, and says so', async () => {
  const { heard, opened, state, advance } = setUp();
  await advance(0);
  opened[0]?.lost(new Error('reset'));
  await advance(250);
  expect(heard).toEqual(['connected', 'failed to subscribe', LOST, 'connected']);
  expect(opened).toHaveLength(2);
  expect(state.closed).toBe(1);
});

it('says once that it cannot subscribe, and is connected within 250 ms of the return of the store', async () => {
  const { heard, state, advance } = setUp();
  state.isDown = true;
  await advance(5000);
  expect(heard.filter((each) => each.startsWith('The session store'))).toHaveLength(1);
  state.isDown = false;
  await advance(250);
  expect(heard.at(-1)).toBe('connected');
});

it('notices a connection that has fallen silent within 4 s', async () => {
  const { heard, opened, state, advance } = setUp();
  await advance(0);
  state.isSilent = true;
  await advance(3999);
  expect(heard).toEqual(['connected']);
  await advance(1);
  expect(heard.at(-1)).toMatch(/^The session store failed to subscribe: /);
  state.isSilent = false;
  await advance(250);
  expect(opened).toHaveLength(2);
  expect(heard.at(-1)).toBe('connected');
});

it('closes the subscription, and calls nothing any more', async () => {
  const { kept, heard, opened, state, advance } = setUp();
  await advance(0);
  kept.close();
  opened[0]?.message('late');
  opened[0]?.lost(new Error('late'));
  await advance(10_000);
  expect(heard).toEqual(['connected']);
  expect(opened).toHaveLength(1);
  expect(state.closed).toBe(1);
});
