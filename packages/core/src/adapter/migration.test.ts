import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HOME_IP, request } from '../../test/support/request.ts';
import { createSessions } from '../sessions.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { Migration, type OldSessions } from './migration.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An old store whose first `stopped` reads never respond, as in requests that the runtime has stopped. */
function setUp(stopped: number) {
  const migration = new Migration(createSessions({ store: memoryStore() }));
  let reads = 0;
  const old: OldSessions<object> = {
    load: (key) => {
      reads += 1;
      return reads <= stopped ? new Promise(() => {}) : Promise.resolve({ userId: key });
    },
    remove: () => {},
  };
  return { move: () => migration.move('ada', request({ ip: HOME_IP }), old), reads: () => reads };
}

it('moves a session once for requests that bring it at once', async () => {
  const { move, reads } = setUp(0);
  const [first, ...others] = await Promise.all([move(), move(), move()]);
  expect(first?.cookie).toMatch(/^__Host-session=/);
  expect(others.map((each) => each?.cookie)).toEqual([first?.cookie, first?.cookie]);
  expect(reads()).toBe(1);
});

it('moves a session for all others after two seconds if the request that began to was stopped', async () => {
  const { move, reads } = setUp(1);
  void move();
  const moving = Promise.all([move(), move(), move()]);
  await vi.advanceTimersByTimeAsync(2_000);
  const cookies = (await moving).map((each) => each?.cookie);
  expect(new Set(cookies).size).toBe(1);
  expect(cookies[0]).toMatch(/^__Host-session=/);
  expect(reads()).toBe(2);
  expect((await move())?.cookie).toBe(cookies[0]);
  expect(vi.getTimerCount()).toBe(0);
});
