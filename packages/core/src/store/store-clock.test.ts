import { describe, expect, it } from 'vitest';
import { Browser } from '../../test/support/browser.ts';
import { failure, type SetUp, setUp } from '../../test/support/set-up.ts';
import { memoryStore } from './memory/memory-store.ts';
import type { SessionStore } from './store.ts';
import { StoreClock } from './store-clock.ts';

const HOUR = 3_600_000;

/** Two servers on one store that has a clock of its own. `ahead` is how far the second server's clock is ahead of it, in milliseconds. */
function twoServers(ahead: number, { expiresItself = false } = {}) {
  const records = memoryStore();
  let asked = 0;
  const time: { now: () => number; fails: boolean } = { now: () => 0, fails: false };
  const store: SessionStore = {
    read: (key) => records.read(key),
    compareAndSet: (key, expected, next) => records.compareAndSet(key, expected, next),
    ...(!expiresItself && { sweep: (now, limit) => records.sweep?.(now, limit) ?? 0 }),
    now: () => {
      asked += 1;
      if (time.fails) throw new Error('down');
      return time.now();
    },
  };
  const right = setUp({ store, warnOnConsole: false });
  time.now = () => right.clock.now();
  const wrong = setUp({ store, warnOnConsole: false, now: () => right.clock.now() + ahead });
  return { right, wrong, time, asked: () => asked };
}

const warned = ({ events }: SetUp) =>
  events.flatMap((event) => (event.type === 'warning' ? [[event.code, event.message]] : []));

async function signedIn(env: SetUp): Promise<Browser> {
  const browser = new Browser();
  await browser.use(env.sessions, (session) => session.signIn('ada'));
  return browser;
}

describe('a server whose clock is an hour ahead of the store', () => {
  it('deletes no session of another server, neither for a request nor in a sweep, and warns', async () => {
    const { right, wrong } = twoServers(HOUR);
    const browser = await signedIn(right);
    const { session } = await browser.load(wrong.sessions);
    expect(session.ended?.reason).toBe('idle');
    await wrong.sessions.list('ada');
    expect(await wrong.sessions.sweep()).toBe(0);
    expect(warned(wrong)).toEqual([
      ['clock-skew', expect.stringContaining('clock is 3600 s ahead of that of the session store')],
    ]);
    expect((await browser.load(right.sessions)).session.userId).toBe('ada');
    expect(await right.sessions.list('ada')).toHaveLength(1);
  });

  it('still deletes what has expired by the clock of the store too', async () => {
    const { right, wrong } = twoServers(HOUR);
    const browser = await signedIn(right);
    right.clock.advance('2h');
    await browser.load(wrong.sessions);
    expect(wrong.types()).toContain('expired');
  });

  it('still ends sessions that a call is to end', async () => {
    const { right, wrong } = twoServers(HOUR);
    const browser = await signedIn(right);
    await wrong.sessions.revokeUser('ada');
    expect((await browser.load(right.sessions)).session.userId).toBeUndefined();
  });
});

describe('a server whose clock is an hour behind the store', () => {
  it('fails a write that a store would drop, says why, and warns', async () => {
    const { wrong } = twoServers(-HOUR, { expiresItself: true });
    const { session } = await new Browser().load(wrong.sessions);
    const { message } = await failure(session.update({ cart: [] }), 'ERR_STORE_UNAVAILABLE');
    expect(message).toContain("This server's clock is 3600 s behind that of the session store");
    expect(warned(wrong)).toEqual([['clock-skew', expect.stringContaining('3600 s behind')]]);
  });

  it('warns without the clock of a store, once it reads a record from the future', async () => {
    const right = setUp();
    const wrong = setUp({ store: right.store, warnOnConsole: false, now: () => right.clock.now() - HOUR });
    const browser = await signedIn(right);
    await browser.load(wrong.sessions);
    expect(warned(wrong)).toEqual([['clock-skew', expect.stringContaining('3600 s in the future')]]);
  });
});

describe('clocks that agree within 10 s', () => {
  it.for([10_000, -10_000])('raise no warning: %d ms', async (ahead) => {
    const { right, wrong } = twoServers(ahead, { expiresItself: true });
    const browser = await signedIn(right);
    await browser.use(wrong.sessions, (session) => session.update({ cart: [] }));
    expect(warned(wrong)).toEqual([]);
  });

  it('are compared before the first write, and then at most once a minute', async () => {
    const { right, asked } = twoServers(0, { expiresItself: true });
    const browser = await signedIn(right);
    const once = asked();
    for (let i = 0; i < 10; i += 1)
      await browser.use(right.sessions, (session) => session.update({ cart: [] }));
    expect([once, asked()]).toEqual([1, 1]);
    right.clock.advance('1m');
    await browser.use(right.sessions, (session) => session.update({ cart: [] }));
    expect(asked()).toBe(2);
  });

  it('do not matter if the store does not tell its time', async () => {
    const { right, time } = twoServers(0, { expiresItself: true });
    time.fails = true;
    const browser = await signedIn(right);
    expect((await browser.load(right.sessions)).session.userId).toBe('ada');
  });
});

describe('a store that takes long to tell its time', () => {
  const HOUR_BEHIND = -HOUR;

  function slowClock() {
    let reply = (_time: number): void => {};
    let waitIsOver = (): void => {};
    const waits: number[] = [];
    const skews: string[] = [];
    const clock = new StoreClock({
      ask: () =>
        new Promise((resolve) => {
          reply = resolve;
        }),
      now: () => 10 * HOUR,
      tolerance: 10_000,
      onSkew: (message) => skews.push(message),
      wait: (milliseconds) => {
        waits.push(milliseconds);
        return new Promise((resolve) => {
          waitIsOver = resolve;
        });
      },
    });
    return { clock, waits, skews, reply: (time: number) => reply(time), endWait: () => waitIsOver() };
  }

  it('holds up the first write for a moment only, and its reply counts for the next', async () => {
    const { clock, waits, skews, reply, endWait } = slowClock();
    const deadline = 10 * HOUR + 1;
    const first = clock.demandAhead(deadline);
    await new Promise((resolve) => setImmediate(resolve));
    endWait();
    await first;
    expect(waits).toEqual([200]);
    reply(10 * HOUR - HOUR_BEHIND);
    await new Promise((resolve) => setImmediate(resolve));
    expect(skews).toHaveLength(1);
    await failure(
      Promise.resolve().then(() => clock.demandAhead(deadline)),
      'ERR_STORE_UNAVAILABLE',
    );
  });

  it('is waited for before a deletion', async () => {
    const { clock, waits, reply } = slowClock();
    const early = clock.isEarly(9.5 * HOUR);
    await new Promise((resolve) => setImmediate(resolve));
    reply(9 * HOUR);
    expect(await early).toBe(true);
    expect(waits).toEqual([]);
  });
});
