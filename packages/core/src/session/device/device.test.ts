import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device } from '../session-state.ts';
import {
  acceptsCookie,
  bound,
  challengeOf,
  type DeviceRules,
  isServedWithoutCookie,
  judgeChallenge,
  mayRegister,
  offered,
  rechallenged,
  refreshed,
  registered,
} from './device.ts';

const MINUTE = 60_000;
const rules: DeviceRules = { lifetime: 10 * MINUTE, grace: MINUTE };
const identity = { id: 'sid', key: 'ES256.x.y' };

const start = (now = 0) => registered(identity, { cookieHash: 'b1', challenge: 'c1' }, now, rules);
const refresh = (device: Device, signed: string, n: number, now: number) =>
  refreshed(device, signed, { cookieHash: `b${n}`, challenge: `c${n}` }, now, rules);

describe('an offer', () => {
  it('may be registered for with its challenge only, until it expires', () => {
    const device = offered(undefined, 'c0', 0);
    expect(mayRegister(device, 'c0', 20 * MINUTE, rules)).toBe(true);
    expect(mayRegister(device, 'c0', 20 * MINUTE + 1, rules)).toBe(false);
    expect(mayRegister(device, 'c1', 0, rules)).toBe(false);
    expect(mayRegister(offered(device, 'c1', 1), 'c0', 1, rules)).toBe(false);
  });

  it('keeps a key that was registered and not confirmed, until another one replaces it', () => {
    const device = offered(start(), 'c2', MINUTE);
    expect(device).toMatchObject({ ...identity, boundAt: null });
    expect(acceptsCookie(device, 'b1', MINUTE, rules)).toBe(true);
  });
});

describe('a registered key', () => {
  it('binds by its first cookie, once', () => {
    expect(start().boundAt).toBeNull();
    expect(bound(bound(start(), 5), 9).boundAt).toBe(5);
  });

  it('can be replaced until then, and never afterwards', () => {
    expect(mayRegister(start(), 'c1', 0, rules)).toBe(true);
    expect(mayRegister(bound(start(), 0), 'c1', 0, rules)).toBe(false);
  });

  it('leaves requests without a cookie alone until it binds, and for the grace after it', () => {
    expect(isServedWithoutCookie(start(), 99 * MINUTE, rules)).toBe(true);
    const device = bound(start(), MINUTE);
    expect(isServedWithoutCookie(device, 2 * MINUTE, rules)).toBe(true);
    expect(isServedWithoutCookie(device, 2 * MINUTE + 1, rules)).toBe(false);
  });
});

describe('a bound cookie', () => {
  it('is accepted for its lifetime and the grace', () => {
    expect(acceptsCookie(start(), 'b1', 11 * MINUTE, rules)).toBe(true);
    expect(acceptsCookie(start(), 'b1', 11 * MINUTE + 1, rules)).toBe(false);
    expect(acceptsCookie(start(), 'b2', 0, rules)).toBe(false);
  });

  it('is accepted beside the newer ones, whose responses may have been lost', () => {
    let device = start();
    for (let n = 2; n <= 7; n += 1) device = refresh(device, `c${n - 1}`, n, n * MINUTE) ?? device;
    for (let n = 1; n <= 7; n += 1) expect(acceptsCookie(device, `b${n}`, 7 * MINUTE, rules)).toBe(true);
  });
});

describe('a challenge', () => {
  it('is used once, and is accepted again for the grace, because the response may be lost', () => {
    const device = refresh(start(), 'c1', 2, MINUTE) ?? start();
    expect(judgeChallenge(device, 'c2', MINUTE, rules)).toBe('current');
    expect(judgeChallenge(device, 'c1', 2 * MINUTE, rules)).toBe('before');
    expect(judgeChallenge(device, 'c1', 2 * MINUTE + 1, rules)).toBe('stale');
  });

  it('that is accepted again leaves the newer one in place', () => {
    const device = refresh(start(), 'c1', 2, MINUTE) ?? start();
    const again = refresh(device, 'c1', 3, 90_000);
    expect(again?.challenges).toBe(device.challenges);
    expect(again?.cookies.map(([hash]) => hash)).toEqual(['b3', 'b2', 'b1']);
  });

  it('is replaced only once it has expired, so that asking writes nothing', () => {
    const device = start();
    expect(rechallenged(device, 'new', 20 * MINUTE, rules)).toBe(device);
    const replaced = rechallenged(device, 'new', 20 * MINUTE + 1, rules);
    expect(challengeOf(replaced, 20 * MINUTE + 1, rules)).toBe('new');
    expect(judgeChallenge(replaced, 'c1', 20 * MINUTE + 1, rules)).toBe('stale');
  });
});

/** What may happen to a binding, at some time after the step before. */
const step = fc.record({
  kind: fc.constantFrom('offer', 'register', 'confirm', 'refresh', 'refresh-before', 'ask', 'forge'),
  after: fc.integer({ min: 0, max: 15 * MINUTE }),
});

it('whatever happens in whatever order: never unbound again, never another key, bounded, and no cookie without a proof', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let now = 1;
      let device = offered(undefined, 'c0', now);
      let proofs = 0;
      let issued = 0;
      for (const [n, { kind, after }] of steps.entries()) {
        now += after;
        const before = device;
        const [current = ['none', 0] as const, previous = ['none', 0] as const] = device.challenges;
        const drawn = { cookieHash: `b${n}`, challenge: `c${n}-${now}` };
        if (kind === 'offer' && device.boundAt === null) device = offered(device, drawn.challenge, now);
        if (kind === 'register' && mayRegister(device, current[0], now, rules)) {
          device = registered({ id: `s${n}`, key: `k${n}` }, drawn, now, rules);
          issued += 1;
        }
        if (kind === 'confirm' && device.key !== '') device = bound(device, now);
        if (kind === 'ask') device = rechallenged(device, drawn.challenge, now, rules);
        const signed = kind === 'refresh' ? current[0] : kind === 'refresh-before' ? previous[0] : 'forged';
        if (kind === 'forge' || (kind.startsWith('refresh') && device.key !== '')) {
          const next = refreshed(device, signed, drawn, now, rules);
          if (next !== undefined) proofs += 1;
          device = next ?? device;
        }
        expect(device.cookies.length).toBeLessThanOrEqual(Math.min(8, proofs + issued));
        expect(device.challenges.length).toBeLessThanOrEqual(2);
        if (before.boundAt === null) continue;
        expect(device).toMatchObject({ id: before.id, key: before.key, boundAt: before.boundAt });
      }
    }),
  );
});
