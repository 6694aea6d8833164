import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cookie } from '../../src/http/transports/cookie.ts';
import { Browser, setCookies } from '../support/browser.ts';
import { setUp } from '../support/set-up.ts';

const MINUTE = 60_000;

it.each([
  { maxAge: '75m', idleTimeout: '30m', renewAfter: '15m' },
  { maxAge: '750s', idleTimeout: '5m', renewAfter: '1m' },
] as const)(
  'a cookie of the shortest allowed maxAge outlives every pause of an active visitor: %o',
  async ({ maxAge, ...options }) => {
    const idle = Number.parseInt(options.idleTimeout, 10) * MINUTE;
    // The idle timeout may come a touch interval early.
    const pause = fc.double({ min: 0, max: 0.89, noNaN: true }).map((part) => 1 + Math.round(part * idle));
    await fc.assert(
      fc.asyncProperty(fc.array(pause, { minLength: 20, maxLength: 60 }), async (pauses) => {
        const { sessions, clock } = setUp({
          ...options,
          absoluteTimeout: '30d',
          transports: [cookie({ maxAge })],
        });
        const browser = new Browser();
        let expiresAt = Number.POSITIVE_INFINITY;
        const visit = async (update: boolean) => {
          if (clock.now() >= expiresAt) browser.cookie = undefined;
          const { session, respond } = await browser.load(sessions);
          if (update) await session.update({ note: 'x' });
          const [line] = setCookies(respond());
          const lifetime = /Max-Age=(\d+)/i.exec(line ?? '')?.[1];
          if (lifetime !== undefined) expiresAt = clock.now() + Number(lifetime) * 1000;
          return session.id;
        };
        const id = await visit(true);
        for (const each of pauses) {
          clock.advance(each);
          expect(await visit(false)).toBe(id);
        }
      }),
      { numRuns: 100 },
    );
  },
);
