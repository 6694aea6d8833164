import { describe, expect, it } from 'vitest';
import type { Client } from '../http/client.ts';
import {
  judge,
  matchSecret,
  opensSuccessor,
  type Presented,
  type UpkeepRules,
  upkeepOf,
} from './admission.ts';
import { begun, finished } from './lifecycle.ts';
import type { SessionState } from './session-state.ts';

const MINUTE = 60_000;
const GRACE = MINUTE;
const START = 1_000_000;
const TIMEOUTS = { idle: 30 * MINUTE, absolute: 120 * MINUTE };
const HOME: Client = { network: '203.0.113.0/24', browser: 'Firefox', platform: 'Linux' };
const THIEF: Client = { network: '198.51.100.0/24', browser: 'Firefox', platform: 'Linux' };

const STATE: SessionState = {
  ...begun({
    now: START,
    secretHash: 'current',
    timeouts: TIMEOUTS,
    client: HOME,
    observed: {},
    user: undefined,
    data: '{}',
  }),
  next: { nonce: 'nonce', hash: 'next' },
  retired: [
    { hash: 'retired', at: START, client: HOME },
    { hash: 'older', at: START - 10 * MINUTE, client: HOME },
  ],
};
const FINISHED = finished(STATE, { at: START, receipt: 7, successor: undefined });

function presented(hash: string, after = 0, client: Client = HOME): Presented {
  const now = START + after;
  return { hash, now, openedAt: now, renewalGrace: GRACE, byCookie: true, client: () => client };
}

describe('matchSecret', () => {
  it('knows the current, the next and the retired secrets, and no other', () => {
    expect(matchSecret(STATE, 'current')).toEqual({ as: 'current' });
    expect(matchSecret(STATE, 'next')).toEqual({ as: 'next' });
    expect(matchSecret(STATE, 'older')).toEqual({ as: 'retired', secret: STATE.retired[1] });
    expect(matchSecret(STATE, 'made up')).toBeUndefined();
    expect(matchSecret(STATE, '')).toBeUndefined();
    expect(matchSecret({ ...STATE, next: undefined }, 'next')).toBeUndefined();
  });
});

describe('the secret is judged before the state', () => {
  it.for([
    ['open', STATE, 0],
    ['finished', FINISHED, 0],
  ] as const)('of a session that is %s an unknown secret learns nothing', ([, state, after]) => {
    expect(judge(state, presented('made up', after))).toEqual({ kind: 'unknown' });
  });

  it('of an expired one it learns nothing either, but the record is to be deleted', () => {
    expect(judge(STATE, presented('made up', 30 * MINUTE))).toEqual({
      kind: 'expired',
      reason: 'idle',
      accepted: false,
    });
  });
});

describe('an accepted secret', () => {
  it('opens, whether it is the current, the next, or one retired lately', () => {
    expect(judge(STATE, presented('current'))).toEqual({ kind: 'open', match: { as: 'current' } });
    expect(judge(STATE, presented('next'))).toEqual({ kind: 'open', match: { as: 'next' } });
    expect(judge(STATE, presented('retired'))).toEqual({
      kind: 'open',
      match: { as: 'retired', secret: STATE.retired[0] },
    });
  });

  it('opens until the deadline and not at it', () => {
    expect(judge(STATE, presented('current', 30 * MINUTE - 1)).kind).toBe('open');
    expect(judge(STATE, presented('current', 30 * MINUTE))).toEqual({
      kind: 'expired',
      reason: 'idle',
      accepted: true,
    });
  });

  it('learns that the absolute deadline ended it', () => {
    const used = { ...STATE, expiresAt: STATE.absoluteDeadline };
    expect(judge(used, presented('current', 120 * MINUTE))).toMatchObject({
      reason: 'absolute',
      accepted: true,
    });
  });

  it('learns that the session is finished, whichever of the secrets it is', () => {
    for (const hash of ['current', 'next', 'retired']) {
      expect(judge(FINISHED, presented(hash))).toEqual({ kind: 'finished' });
    }
  });
});

describe('a retired secret', () => {
  it('is served for the grace, and after it no more', () => {
    expect(judge(STATE, presented('retired', GRACE)).kind).toBe('open');
    expect(judge(STATE, presented('retired', GRACE + 1))).toEqual({ kind: 'retired', stolen: false });
  });

  it('is judged by when the request arrived, not by how long it has waited since', () => {
    const slow = { ...presented('retired', 5 * MINUTE), openedAt: START + GRACE };
    expect(judge(STATE, slow).kind).toBe('open');
  });

  it('from a client that looks different shows a copy', () => {
    expect(judge(STATE, presented('retired', GRACE + 1, THIEF))).toEqual({ kind: 'retired', stolen: true });
  });

  it('is compared with the client that confirmed its own successor', () => {
    const state: SessionState = {
      ...STATE,
      retired: [
        { hash: 'retired', at: START, client: THIEF },
        { hash: 'older', at: START, client: HOME },
      ],
    };
    expect(judge(state, presented('older', GRACE + 1, HOME))).toEqual({ kind: 'retired', stolen: false });
    expect(judge(state, presented('retired', GRACE + 1, HOME))).toEqual({ kind: 'retired', stolen: true });
  });

  it('within the grace is served to whichever client: it may have changed networks on its way', () => {
    expect(judge(STATE, presented('retired', GRACE, THIEF)).kind).toBe('open');
  });

  it('shows no thief where nothing is left to steal', () => {
    expect(judge(FINISHED, presented('retired', GRACE + 1, THIEF))).toEqual({
      kind: 'retired',
      stolen: false,
    });
    expect(judge(STATE, presented('retired', 31 * MINUTE, THIEF))).toEqual({
      kind: 'retired',
      stolen: false,
    });
  });

  it('asks for the client only where it matters', () => {
    const blind = { client: () => expect.unreachable('nobody should look at the client') };
    expect(judge(STATE, { ...presented('current'), ...blind }).kind).toBe('open');
    expect(judge(STATE, { ...presented('retired'), ...blind }).kind).toBe('open');
    expect(judge(STATE, { ...presented('made up'), ...blind }).kind).toBe('unknown');
  });
});

describe('the secret before the current one, after its grace', () => {
  const unsettled: SessionState = { ...STATE, recovery: { nonce: 'before', status: 'ready' } };

  it('opens the session for a client that looks the same: its browser crashed before the current one was on disk', () => {
    for (const status of ['ready', 'offered'] as const) {
      const state: SessionState = { ...unsettled, recovery: { nonce: 'before', status } };
      expect(judge(state, presented('retired', 20 * MINUTE))).toEqual({
        kind: 'open',
        match: { as: 'recovered' },
      });
    }
  });

  it('opens nothing for one that looks different, and shows a copy', () => {
    expect(judge(unsettled, presented('retired', 20 * MINUTE, THIEF))).toEqual({
      kind: 'retired',
      stolen: true,
    });
  });

  it('opens nothing for one of which too little is known to look the same, and ends nothing', () => {
    for (const unknown of ['network', 'browser'] as const) {
      expect(judge(unsettled, presented('retired', 20 * MINUTE, { ...HOME, [unknown]: '' }))).toEqual({
        kind: 'retired',
        stolen: false,
      });
    }
  });

  it('opens nothing where it did not come in a cookie: nothing else goes back in time by itself', () => {
    expect(judge(unsettled, { ...presented('retired', 20 * MINUTE), byCookie: false }).kind).toBe('retired');
  });

  it('is served within its grace as any retired secret, without the one after it', () => {
    expect(judge(unsettled, presented('retired', GRACE))).toMatchObject({ match: { as: 'retired' } });
  });

  it('once the current one has come back is served for one more grace, to the same client', () => {
    const state: SessionState = {
      ...unsettled,
      secret: { hash: 'current', since: START + 20 * MINUTE },
      recovery: { nonce: 'before', status: 'used' },
    };
    expect(judge(state, presented('retired', 21 * MINUTE)).kind).toBe('open');
    expect(judge(state, presented('retired', 21 * MINUTE, THIEF))).toEqual({ kind: 'retired', stolen: true });
    expect(judge(state, presented('retired', 21 * MINUTE + 1))).toEqual({ kind: 'retired', stolen: false });
  });

  it('is the only one that does: a secret two renewals old opens nothing', () => {
    expect(judge(unsettled, presented('older', 20 * MINUTE))).toEqual({ kind: 'retired', stolen: false });
  });

  it('opens nothing past the deadline', () => {
    expect(judge(unsettled, presented('retired', 30 * MINUTE)).kind).toBe('retired');
  });

  it('of a finished session leads to the one that it was finished with', () => {
    const state = finished(unsettled, { at: START, receipt: 7, successor: undefined });
    for (const after of [0, 20 * MINUTE]) {
      expect(judge(state, presented('retired', after))).toEqual({
        kind: 'finished',
        lost: { nonce: 'before', hash: 'current' },
      });
    }
    expect(judge(state, presented('retired', 0, THIEF))).toEqual({ kind: 'finished', lost: undefined });
    expect(judge(state, presented('current'))).toEqual({ kind: 'finished', lost: undefined });
  });
});

describe('a successor, longer after the finish than the grace', () => {
  const successor: SessionState = {
    ...STATE,
    retired: [],
    recovery: { nonce: undefined, status: 'ready' },
  };

  it('is opened by its first secret for the client that finished', () => {
    expect(opensSuccessor(successor, presented('current', 20 * MINUTE))).toBe(true);
  });

  it.for([
    ['another secret', successor, presented('next', 20 * MINUTE)],
    ['a client that looks different', successor, presented('current', 20 * MINUTE, THIEF)],
    ['another transport', successor, { ...presented('current', 20 * MINUTE), byCookie: false }],
    ['one past its deadline', successor, presented('current', 30 * MINUTE)],
    [
      'one that has been in use for long',
      { ...successor, recovery: undefined },
      presented('current', 20 * MINUTE),
    ],
    [
      'one that was renewed since',
      { ...successor, recovery: { nonce: 'n', status: 'ready' } },
      presented('current', 20 * MINUTE),
    ],
  ] as const)('is not opened by or for %s', ([, state, how]) => {
    expect(opensSuccessor(state, how)).toBe(false);
  });
});

describe('upkeep', () => {
  const settled: SessionState = { ...STATE, next: undefined };
  const rules = (after: number, changed: Partial<UpkeepRules> = {}): UpkeepRules => ({
    now: START + after,
    openedAt: START + after,
    renewalGrace: GRACE,
    passive: false,
    renewable: true,
    renewAfter: 15 * MINUTE,
    timeouts: TIMEOUTS,
    ...changed,
  });
  const current = { as: 'current' } as const;
  const next = { as: 'next' } as const;
  const retired = { as: 'retired', secret: { hash: 'retired', at: START, client: HOME } } as const;

  it('is nothing while nothing is due', () => {
    expect(upkeepOf(settled, current, rules(MINUTE - 1))).toBeUndefined();
  });

  it('touches once the touch interval has passed', () => {
    expect(upkeepOf(settled, current, rules(MINUTE))).toBe('touch');
    expect(upkeepOf(settled, retired, rules(MINUTE))).toBe('touch');
  });

  it('renews once renewAfter has passed since the secret was issued or confirmed', () => {
    expect(upkeepOf(settled, current, rules(15 * MINUTE - 1))).toBe('touch');
    expect(upkeepOf(settled, current, rules(15 * MINUTE))).toBe('renew');
    const confirmed = { ...settled, secret: { hash: 'current', since: START + 10 * MINUTE } };
    expect(upkeepOf(confirmed, current, rules(20 * MINUTE))).toBe('touch');
  });

  it('renews also where a touch is not due', () => {
    const used = { ...settled, lastUsedAt: START + 15 * MINUTE };
    expect(upkeepOf(used, current, rules(15 * MINUTE))).toBe('renew');
  });

  it('does not renew again while a renewal stands', () => {
    expect(upkeepOf(STATE, current, rules(20 * MINUTE))).toBe('touch');
  });

  it('does not renew for a retired secret: only the current one brings the client its successor', () => {
    expect(upkeepOf(settled, retired, rules(20 * MINUTE))).toBe('touch');
  });

  it('does not renew a session that is bound to a device, and renews one that is only offered a binding', () => {
    const device = { id: 'x.y', key: 'ES256.x.y', boundAt: null, challenges: [], cookies: [] };
    const late = rules(20 * MINUTE);
    expect(upkeepOf({ ...settled, device }, current, late)).toBe('renew');
    expect(upkeepOf({ ...settled, device: { ...device, boundAt: 1 } }, current, late)).toBe('touch');
  });

  it('does not renew where no cookie could carry the new token, nor where renewal is off', () => {
    expect(upkeepOf(settled, current, rules(20 * MINUTE, { renewable: false }))).toBe('touch');
    expect(upkeepOf(settled, current, rules(20 * MINUTE, { renewAfter: Number.POSITIVE_INFINITY }))).toBe(
      'touch',
    );
  });

  it('confirms when the next secret is presented, at whatever time and by whatever transport', () => {
    expect(upkeepOf(STATE, next, rules(0))).toBe('confirm');
    expect(upkeepOf(STATE, next, rules(0, { renewable: false }))).toBe('confirm');
  });

  const recovering = (recovery: SessionState['recovery'], after = 0): SessionState => ({
    ...settled,
    recovery,
    secret: { hash: 'current', since: START },
    lastUsedAt: START + after,
    expiresAt: START + after + TIMEOUTS.idle,
  });
  const recovered = { as: 'recovered' } as const;

  it('notes once that a browser came back after a crash', () => {
    expect(upkeepOf(recovering({ nonce: 'n', status: 'ready' }), recovered, rules(0))).toBe('recover');
    expect(upkeepOf(recovering({ nonce: 'n', status: 'offered' }), recovered, rules(0))).toBeUndefined();
    expect(upkeepOf(recovering({ nonce: 'n', status: 'used' }), recovered, rules(MINUTE))).toBe('touch');
  });

  it('confirms the current secret again once no request from before the crash can present it', () => {
    const state = recovering({ nonce: 'n', status: 'offered' }, 90_000);
    expect(upkeepOf(state, current, rules(90_000))).toBe('confirm');
    expect(upkeepOf(state, current, rules(89_999))).toBeUndefined();
    expect(upkeepOf(state, current, rules(100_000, { openedAt: START + 80_000 }))).toBeUndefined();
  });

  it('renews only once the last renewal has settled, so that no disk is two behind', () => {
    const often = { renewAfter: MINUTE };
    expect(
      upkeepOf(recovering({ nonce: 'n', status: 'offered' }, MINUTE), current, rules(MINUTE, often)),
    ).toBeUndefined();
    for (const [status, after] of [
      ['ready', 90_000],
      ['used', 150_000],
    ] as const) {
      const state = recovering({ nonce: 'n', status }, MINUTE);
      expect(upkeepOf(state, current, rules(after - 1, often))).not.toBe('renew');
      expect(upkeepOf(state, current, rules(after, often))).toBe('renew');
    }
  });

  it('writes nothing for a token that is settled by now: the next touch tells it', () => {
    expect(
      upkeepOf(recovering({ nonce: 'n', status: 'ready' }, 90_000), current, rules(100_000)),
    ).toBeUndefined();
  });

  it('does nothing for a passive visit', () => {
    for (const match of [current, next, retired, recovered]) {
      for (const status of ['ready', 'offered', 'used'] as const) {
        const state: SessionState = { ...STATE, recovery: { nonce: 'n', status } };
        expect(upkeepOf(state, match, rules(20 * MINUTE, { passive: true }))).toBeUndefined();
      }
    }
  });
});
