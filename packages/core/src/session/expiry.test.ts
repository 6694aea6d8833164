import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LIFETIME } from '../common/duration.ts';
import {
  absoluteDeadline,
  CLOCK_TOLERANCE,
  hasPassed,
  isTouchDue,
  laterDeadline,
  MIN_RECEIPT_LIFETIME,
  reachedTimeout,
  SWEEP_MARGIN,
  type Timeouts,
  touchInterval,
} from './expiry.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const start = fc.integer({ min: 0, max: 4e12 });
const length = fc.oneof(fc.integer({ min: 1, max: 1000 * DAY }), fc.constant(Number.POSITIVE_INFINITY));
const timeouts: fc.Arbitrary<Timeouts> = fc.record({ idle: length, absolute: length });

it('limits lifetimes to 400 days, tolerates clocks 10 s apart, sweeps after 10 minutes, keeps receipts a day', () => {
  expect(MAX_LIFETIME).toBe(400 * DAY);
  expect(CLOCK_TOLERANCE).toBe(10_000);
  expect(SWEEP_MARGIN).toBe(10 * MINUTE);
  expect(MIN_RECEIPT_LIFETIME).toBe(DAY);
});

describe('the absolute deadline (ASVS 7.3.2)', () => {
  it('is the start plus the absolute timeout, at most 400 days', () => {
    fc.assert(
      fc.property(start, timeouts, (at, each) => {
        expect(absoluteDeadline(at, each)).toBe(at + Math.min(each.absolute, 400 * DAY));
      }),
    );
  });
});

describe('the deadline', () => {
  it('is the last use plus the idle timeout, or the absolute deadline if earlier (ASVS 7.3.1)', () => {
    fc.assert(
      fc.property(start, timeouts, (at, each) => {
        const absolute = absoluteDeadline(at, each);
        expect(laterDeadline(0, at, absolute, each)).toBe(Math.min(at + each.idle, absolute));
      }),
    );
  });

  it('never passes the absolute deadline and never moves back, whichever clocks measure the uses', () => {
    const steps = fc.array(fc.integer({ min: -10_000, max: 2 * DAY }), { maxLength: 30 });
    fc.assert(
      fc.property(start, timeouts, steps, (at, each, moves) => {
        const absolute = absoluteDeadline(at, each);
        let now = at;
        let deadline = laterDeadline(0, now, absolute, each);
        for (const move of moves) {
          now = Math.max(0, now + move);
          const next = laterDeadline(deadline, now, absolute, each);
          expect(next).toBeGreaterThanOrEqual(deadline);
          expect(next).toBeLessThanOrEqual(absolute);
          expect(next).toBeLessThanOrEqual(Math.max(deadline, now + each.idle));
          deadline = next;
        }
      }),
    );
  });

  it('has passed at the deadline itself', () => {
    expect(hasPassed(1000, 999)).toBe(false);
    expect(hasPassed(1000, 1000)).toBe(true);
    expect(hasPassed(1000, 1001)).toBe(true);
  });

  it('tells which timeout set it', () => {
    expect(reachedTimeout(999, 1000)).toBe('idle');
    expect(reachedTimeout(1000, 1000)).toBe('absolute');
    // A finished record is kept beyond it.
    expect(reachedTimeout(1001, 1000)).toBe('absolute');
  });
});

describe('the touch interval', () => {
  it('is a tenth of the idle timeout, at most a minute', () => {
    expect(touchInterval({ idle: 5 * MINUTE, absolute: DAY })).toBe(MINUTE / 2);
    expect(touchInterval({ idle: 10 * MINUTE, absolute: DAY })).toBe(MINUTE);
    expect(touchInterval({ idle: 14 * DAY, absolute: 90 * DAY })).toBe(MINUTE);
    expect(touchInterval({ idle: Number.POSITIVE_INFINITY, absolute: DAY })).toBe(MINUTE);
  });

  it('makes a touch due once it has passed', () => {
    const each = { idle: 30 * MINUTE, absolute: DAY };
    const state = { lastUsedAt: 5000, expiresAt: 5000 + each.idle, absoluteDeadline: DAY };
    expect(isTouchDue(state, 5000 + MINUTE - 1, each)).toBe(false);
    expect(isTouchDue(state, 5000 + MINUTE, each)).toBe(true);
    expect(isTouchDue(state, 4000, each)).toBe(false);
  });

  it('makes a touch due at once if the deadline comes from a shorter idle timeout', () => {
    const each = { idle: 30 * MINUTE, absolute: DAY };
    const state = { lastUsedAt: 5000, expiresAt: 5000 + 5 * MINUTE, absoluteDeadline: DAY };
    expect(isTouchDue(state, 5001, each)).toBe(true);
    // Not so close to the absolute deadline that the touch would gain nothing.
    expect(isTouchDue({ ...state, absoluteDeadline: state.expiresAt }, 5001, each)).toBe(false);
  });

  it('bounds how early the idle timeout may come', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 20 * MINUTE }), { maxLength: 30 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 20 * MINUTE, max: 60 * MINUTE }), (uses, idle) => {
        const each = { idle, absolute: 400 * DAY };
        const absolute = absoluteDeadline(0, each);
        let now = 0;
        let lastUse = 0;
        let deadline = laterDeadline(0, 0, absolute, each);
        for (const gap of uses) {
          now += gap;
          if (hasPassed(deadline, now)) return;
          if (
            isTouchDue({ lastUsedAt: lastUse, expiresAt: deadline, absoluteDeadline: absolute }, now, each)
          ) {
            lastUse = now;
            deadline = laterDeadline(deadline, now, absolute, each);
          }
          expect(deadline).toBeGreaterThanOrEqual(now + idle - touchInterval(each));
        }
      }),
    );
  });
});
