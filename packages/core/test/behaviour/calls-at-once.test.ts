import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Session } from '../../src/session/session-types.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import { assembleSessions } from '../../src/sessions.ts';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
import { Browser } from '../support/browser.ts';

interface Counted {
  count: number;
}

const CALLS: Readonly<Record<string, (session: Session<Counted>) => Promise<unknown>>> = {
  update: (session) =>
    session.update((data) => {
      data.count += 1;
    }),
  finish: (session) => session.finish('receipt'),
  'finish and keep the user': (session) => session.finish('receipt', { keepUser: true }),
  signIn: (session) => session.signIn('alice'),
  renew: (session) => session.renew(),
  reload: (session) => session.reload(),
  destroy: (session) => session.destroy(),
};

/** Nothing here waits for a timer, so that a call which is not over after these turns of the event loop never will be. */
const TURNS = 50;

function sessionsOverMemory(): Sessions<Counted> {
  return assembleSessions<Counted>(
    { store: memoryStore(), initial: () => ({ count: 0 }), warnOnConsole: false },
    () => Promise.resolve(),
  );
}

/** Runs requests of one browser at once, each after so many microtasks, and returns the results of those that are over. */
async function atOnce(requests: readonly (readonly [call: string, after: number])[]): Promise<unknown[]> {
  const sessions = sessionsOverMemory();
  const browser = new Browser();
  await browser.use(sessions, (session) => session.signIn('alice'));
  const results: unknown[] = [];
  for (const [call, after] of requests) {
    const run = async () => {
      for (let i = 0; i < after; i += 1) await undefined;
      return browser.copy().use(sessions, async (session) => await CALLS[call]?.(session));
    };
    run().then(
      (result) => results.push(result),
      // The session may have ended meanwhile.
      () => results.push('rejected'),
    );
  }
  for (let i = 0; i < TURNS; i += 1) await new Promise((resolve) => setImmediate(resolve));
  return results;
}

it.each([2, 8, 20, 50])(
  '%i checkouts at once over a store without promises are all over, and one has finished the session',
  async (count) => {
    for (const call of ['finish', 'finish and keep the user']) {
      const results = await atOnce(Array.from({ length: count }, () => [call, 0] as const));
      expect(results).toHaveLength(count);
      expect(results.filter((each) => each === true)).toHaveLength(1);
    }
  },
);

it('whatever calls of one session run at once over a store without promises: each of them is over', async () => {
  const request = fc.tuple(fc.constantFrom(...Object.keys(CALLS)), fc.nat(12));
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 10 }), async (requests) => {
      expect(await atOnce(requests)).toHaveLength(requests.length);
    }),
    { numRuns: 300 },
  );
});
