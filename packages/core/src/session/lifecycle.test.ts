import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionState } from '../../test/support/arbitrary-state.ts';
import type { Timeouts } from './expiry.ts';
import {
  type Beginning,
  begun,
  finished,
  inEpoch,
  recoveryBegun,
  recoveryConfirmed,
  rekeyed,
  renewalBegun,
  renewalConfirmed,
  revoked,
  settled,
  signedIn,
  touched,
  withData,
  withObserved,
} from './lifecycle.ts';
import type { SessionState } from './session-state.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const TIMEOUTS: Timeouts = { idle: 30 * MINUTE, absolute: 12 * 60 * MINUTE };
const REMEMBERED: Timeouts = { idle: 14 * DAY, absolute: 90 * DAY };
const HOME = { network: '203.0.113.0/24', browser: 'Firefox', platform: 'Linux' };
const AWAY = { network: '198.51.100.0/24', browser: 'Safari', platform: 'macOS' };
const BEGINNING: Beginning = {
  now: 1000,
  secretHash: 'first',
  timeouts: TIMEOUTS,
  client: HOME,
  observed: { 'ip-address': ['home'] },
  user: undefined,
  data: '{"cart":[]}',
};
const START = begun(BEGINNING);
const ALICE = { id: 'alice', signedInAt: 5000, epoch: 4, remembered: false };

/** A state in which every part is set. */
const BUSY: SessionState = {
  ...START,
  generation: 7,
  next: { nonce: 'n', hash: 'second' },
  recovery: { nonce: 'm', status: 'offered' },
  retired: [{ hash: 'zeroth', at: 900, client: HOME }],
};

it('a session begins with its first secret, its deadlines, and nothing else', () => {
  expect(START).toEqual({
    writes: '',
    generation: 0,
    createdAt: 1000,
    lastUsedAt: 1000,
    expiresAt: 1000 + 30 * MINUTE,
    absoluteDeadline: 1000 + 12 * 60 * MINUTE,
    secret: { hash: 'first', since: 1000 },
    next: undefined,
    recovery: undefined,
    retired: [],
    client: HOME,
    observed: { 'ip-address': ['home'] },
    user: undefined,
    finish: undefined,
    data: '{"cart":[]}',
  });
  expect(begun({ ...BEGINNING, user: ALICE }).user).toEqual(ALICE);
});

describe('touched', () => {
  it('records the use and extends the idle deadline', () => {
    const later = touched(BUSY, 61_000, TIMEOUTS);
    expect(later).toEqual({ ...BUSY, lastUsedAt: 61_000, expiresAt: 61_000 + 30 * MINUTE });
  });

  it('moves nothing back if the clock is behind', () => {
    const later = touched(BUSY, 61_000, TIMEOUTS);
    expect(touched(later, 51_000, TIMEOUTS)).toEqual(later);
  });

  it('never passes the absolute deadline', () => {
    const now = START.absoluteDeadline - MINUTE;
    expect(touched(START, now, TIMEOUTS).expiresAt).toBe(START.absoluteDeadline);
  });
});

it('replaces data, observations and epoch and leaves the rest alone', () => {
  expect(withData(BUSY, '{}')).toEqual({ ...BUSY, data: '{}' });
  expect(withObserved(BUSY, { a: ['b'] })).toEqual({ ...BUSY, observed: { a: ['b'] } });
  expect(inEpoch({ ...BUSY, user: ALICE }, 9)).toEqual({ ...BUSY, user: { ...ALICE, epoch: 9 } });
  expect(inEpoch(BUSY, 9)).toEqual(BUSY);
});

describe('rekeyed', () => {
  it('replaces every secret and raises the generation (session fixation)', () => {
    expect(rekeyed(BUSY, 'drawn', 2000)).toEqual({
      ...BUSY,
      generation: 8,
      secret: { hash: 'drawn', since: 2000 },
      next: undefined,
      recovery: undefined,
      retired: [],
    });
  });
});

describe('signedIn', () => {
  const how = {
    now: 5000,
    secretHash: 'drawn',
    timeouts: REMEMBERED,
    client: AWAY,
    observed: { 'ip-address': ['away', 'home'] },
    user: { ...ALICE, remembered: true },
  };

  it('keeps the data, replaces every secret, and restarts the timeouts', () => {
    expect(signedIn(BUSY, how)).toEqual({
      ...BUSY,
      generation: 8,
      lastUsedAt: 5000,
      expiresAt: 5000 + 14 * DAY,
      absoluteDeadline: 5000 + 90 * DAY,
      secret: { hash: 'drawn', since: 5000 },
      next: undefined,
      recovery: undefined,
      retired: [],
      client: AWAY,
      observed: { 'ip-address': ['away', 'home'] },
      user: { ...ALICE, remembered: true },
    });
  });

  it('ends earlier than before if its timeouts are shorter', () => {
    const long = signedIn(BUSY, how);
    const short = signedIn(long, { ...how, now: 6000, timeouts: TIMEOUTS, user: ALICE });
    expect(short.expiresAt).toBe(6000 + 30 * MINUTE);
    expect(short.absoluteDeadline).toBe(6000 + 12 * 60 * MINUTE);
  });

  it('keeps the last use if the clock is behind', () => {
    const used = { ...BUSY, lastUsedAt: 9000 };
    expect(signedIn(used, how).lastUsedAt).toBe(9000);
  });
});

describe('a timed renewal', () => {
  it('keeps the current secret and the generation until the next secret is confirmed', () => {
    const next = { nonce: 'nonce', hash: 'second' };
    expect(renewalBegun(START, next)).toEqual({ ...START, next });
  });

  it('makes the next secret current when confirmed, retires the one before, and records the client', () => {
    expect(renewalConfirmed(BUSY, AWAY, 2000)).toEqual({
      ...BUSY,
      secret: { hash: 'second', since: 2000 },
      next: undefined,
      recovery: { nonce: 'n', status: 'ready' },
      retired: [
        { hash: 'first', at: 2000, client: AWAY },
        { hash: 'zeroth', at: 900, client: HOME },
      ],
      client: AWAY,
    });
  });

  it('keeps the last three retired secrets', () => {
    let state = START;
    for (let i = 1; i <= 5; i += 1) {
      state = renewalConfirmed(renewalBegun(state, { nonce: `n${i}`, hash: `h${i}` }), HOME, 1000 + i);
    }
    expect(state.secret).toEqual({ hash: 'h5', since: 1005 });
    expect(state.retired.map(({ hash, at }) => [hash, at])).toEqual([
      ['h4', 1005],
      ['h3', 1004],
      ['h2', 1003],
    ]);
    expect(state.generation).toBe(0);
  });

  it('cannot be confirmed before it has begun', () => {
    expect(renewalConfirmed(START, AWAY, 2000)).toEqual(START);
  });
});

describe('a recovery', () => {
  it('begins by noting that the secret before came back, and moves no secret', () => {
    const ready: SessionState = { ...BUSY, recovery: { nonce: 'm', status: 'ready' } };
    expect(recoveryBegun(ready)).toEqual({ ...BUSY, recovery: { nonce: 'm', status: 'offered' } });
  });

  it('confirmed is used up, and starts the time to the next renewal again', () => {
    expect(recoveryConfirmed(BUSY, AWAY, 2000)).toEqual({
      ...BUSY,
      secret: { ...BUSY.secret, since: 2000 },
      recovery: { nonce: 'm', status: 'used' },
      client: AWAY,
    });
  });

  it('is over once the current secret is settled', () => {
    expect(settled(BUSY)).toEqual({ ...BUSY, recovery: undefined });
  });

  it('that is not possible changes nothing', () => {
    expect(recoveryBegun(START)).toEqual(START);
    expect(recoveryConfirmed(START, AWAY, 2000)).toEqual(START);
  });
});

describe('finished', () => {
  const finish = { at: 3000, receipt: { order: 7 }, successor: { id: 's', nonce: 'n' } };

  it('drops the data, keeps every secret, raises the generation', () => {
    expect(finished(BUSY, finish)).toEqual({
      ...BUSY,
      generation: 8,
      expiresAt: Math.max(BUSY.absoluteDeadline, 3000 + DAY),
      finish: { ...finish, isRevoked: false },
      data: '',
    });
  });

  it('keeps the receipt until the absolute deadline, and at least a day', () => {
    expect(finished(START, finish).expiresAt).toBe(3000 + DAY);
    const long = { ...START, absoluteDeadline: 3000 + 2 * DAY };
    expect(finished(long, finish).expiresAt).toBe(3000 + 2 * DAY);
  });
});

describe('revoked', () => {
  it('leaves only the secrets, until the deadline that the session had', () => {
    const { next, secret } = BUSY;
    const client = { network: '', browser: '', platform: '' };
    const retired = BUSY.retired.map((each) => ({ ...each, client }));
    expect(retired).not.toEqual([]);
    const expiresAt = Math.min(BUSY.expiresAt, 8000);
    expect(revoked(BUSY, 3000, 5000)).toMatchObject({
      next,
      retired,
      client,
      secret,
      expiresAt,
      generation: 8,
    });
    expect(revoked(BUSY, 3000, DAY * 400).expiresAt).toBe(BUSY.expiresAt);
    expect(revoked(BUSY, 3000, 5000)).toMatchObject({
      user: undefined,
      observed: {},
      recovery: undefined,
      data: '',
    });
    expect(revoked(BUSY, 3000, 5000).finish).toEqual({
      at: 3000,
      isRevoked: true,
      receipt: undefined,
      successor: undefined,
    });
  });
});

it('no transition alters the state that it starts from', () => {
  const freeze = <T>(value: T): T => {
    if (typeof value === 'object' && value !== null) {
      for (const each of Object.values(value)) freeze(each);
      Object.freeze(value);
    }
    return value;
  };
  fc.assert(
    fc.property(sessionState.map(freeze), (state) => {
      touched(state, 5e12, TIMEOUTS);
      rekeyed(state, 'x', 1);
      renewalBegun(state, { nonce: 'n', hash: 'h' });
      renewalConfirmed(state, HOME, 1);
      finished(state, { at: 1, receipt: undefined, successor: undefined });
      revoked(state, 1, 1);
      inEpoch(state, 1);
      withData(state, '');
      withObserved(state, {});
    }),
  );
});
