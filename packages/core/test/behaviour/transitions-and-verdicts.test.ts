import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Client } from '../../src/http/client.ts';
import { decodeSession, encodeSession } from '../../src/records/record.ts';
import { judge } from '../../src/session/admission.ts';
import type { Timeouts } from '../../src/session/expiry.ts';
import {
  begun,
  finished,
  recoveryBegun,
  recoveryConfirmed,
  rekeyed,
  renewalBegun,
  renewalConfirmed,
  settled,
  signedIn,
  touched,
  withData,
} from '../../src/session/lifecycle.ts';
import type { SessionState } from '../../src/session/session-state.ts';

const MINUTE = 60_000;
const GRACE = MINUTE;
const TIMEOUTS: Timeouts = { idle: 30 * MINUTE, absolute: 240 * MINUTE };
const REMEMBERED: Timeouts = { idle: 100 * MINUTE, absolute: 1000 * MINUTE };
const CLIENTS: readonly Client[] = [
  { network: '203.0.113.0/24', browser: 'Firefox', platform: 'Linux' },
  { network: '198.51.100.0/24', browser: 'Firefox', platform: 'Linux' },
  { network: '', browser: '', platform: '' },
];

/** What a secret is, as a model knows it that shares nothing with the code. */
type Standing =
  | { readonly is: 'current' | 'next' | 'dead' }
  | { readonly is: 'retired'; readonly at: number; readonly confirmedBy: Client };

/** A session, its record's state beside what the model says of it. */
interface World {
  now: number;
  state: SessionState;
  readonly secrets: Map<string, Standing>;
  timeouts: Timeouts;
  /** The model's own deadlines. */
  idleEnd: number;
  absoluteEnd: number;
  finishedAt: number | undefined;
  /** The secret that a browser may come back with after a crash, and until when it may. */
  comeback: { readonly hash: string; readonly until: number; readonly status: string } | undefined;
  drawn: number;
}

type Step = (world: World) => void;

/** Makes a step of a transition: nobody changes a finished record. */
function transition(change: Step): Step {
  return (world) => {
    if (world.finishedAt === undefined) change(world);
  };
}

function draw(world: World): string {
  world.drawn += 1;
  return `secret ${world.drawn}`;
}

function use(world: World): void {
  world.idleEnd = Math.max(world.idleEnd, world.now + world.timeouts.idle);
}

function kill(world: World): void {
  for (const hash of world.secrets.keys()) world.secrets.set(hash, { is: 'dead' });
  world.comeback = undefined;
}

function find(world: World, is: Standing['is']): string | undefined {
  return [...world.secrets].find(([, standing]) => standing.is === is)?.[0];
}

const advance = fc.integer({ min: -10_000, max: 40 * MINUTE }).map(
  (by): Step =>
    (world) => {
      world.now += by;
    },
);
const touch: Step = (world) => {
  world.state = touched(world.state, world.now, world.timeouts);
  use(world);
};
const write: Step = (world) => {
  world.state = withData(touched(world.state, world.now, world.timeouts), `{"n":${world.drawn}}`);
  use(world);
};
const renew: Step = (world) => {
  if (world.state.next !== undefined) return;
  const hash = draw(world);
  world.state = renewalBegun(touched(world.state, world.now, world.timeouts), { nonce: 'n', hash });
  world.secrets.set(hash, { is: 'next' });
  use(world);
};
const confirm = fc.constantFrom(...CLIENTS).map(
  (client): Step =>
    (world) => {
      const next = find(world, 'next');
      const current = find(world, 'current');
      if (next === undefined || current === undefined) return;
      world.state = renewalConfirmed(touched(world.state, world.now, world.timeouts), client, world.now);
      use(world);
      world.secrets.set(next, { is: 'current' });
      world.secrets.set(current, { is: 'retired', at: world.now, confirmedBy: client });
      world.comeback = { hash: current, until: Number.POSITIVE_INFINITY, status: 'ready' };
      const retired = [...world.secrets].filter(([, { is }]) => is === 'retired');
      // A map keeps the order in which secrets came, which is the order in which they retired.
      for (const [hash] of retired.slice(0, -3)) world.secrets.set(hash, { is: 'dead' });
    },
);
const comeBack: Step = (world) => {
  if (world.comeback === undefined) return;
  world.state = recoveryBegun(world.state);
  world.comeback = { ...world.comeback, until: Number.POSITIVE_INFINITY, status: 'offered' };
};
const goOn: Step = (world) => {
  if (world.comeback?.status !== 'offered') return;
  world.state = recoveryConfirmed(world.state, CLIENTS[0] ?? expect.unreachable(), world.now);
  world.comeback = { ...world.comeback, until: world.now + GRACE, status: 'used' };
};
const settle: Step = (world) => {
  world.state = settled(world.state);
  world.comeback = undefined;
};
const rekey: Step = (world) => {
  const hash = draw(world);
  world.state = rekeyed(world.state, hash, world.now);
  kill(world);
  world.secrets.set(hash, { is: 'current' });
};
const signIn = fc.boolean().map(
  (remembered): Step =>
    (world) => {
      const hash = draw(world);
      world.timeouts = remembered ? REMEMBERED : TIMEOUTS;
      world.state = signedIn(world.state, {
        now: world.now,
        secretHash: hash,
        timeouts: world.timeouts,
        client: CLIENTS[0] ?? expect.unreachable(),
        observed: {},
        user: { id: 'alice', signedInAt: world.now, epoch: 0, remembered },
      });
      kill(world);
      world.secrets.set(hash, { is: 'current' });
      world.absoluteEnd = world.now + world.timeouts.absolute;
      world.idleEnd = world.now + world.timeouts.idle;
    },
);
const finish: Step = (world) => {
  world.state = finished(world.state, { at: world.now, receipt: 1, successor: undefined });
  world.finishedAt = world.now;
};

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: advance },
  { weight: 3, arbitrary: fc.constant(transition(renew)) },
  { weight: 4, arbitrary: confirm.map(transition) },
  { weight: 2, arbitrary: fc.constantFrom(touch, write).map(transition) },
  { weight: 2, arbitrary: fc.constantFrom(comeBack, goOn, settle).map(transition) },
  { weight: 1, arbitrary: fc.constant(transition(rekey)) },
  { weight: 1, arbitrary: signIn.map(transition) },
  { weight: 1, arbitrary: fc.constant(transition(finish)) },
);

function begin(): World {
  const now = 1_000_000_000;
  const state = begun({
    now,
    secretHash: 'secret 0',
    timeouts: TIMEOUTS,
    client: CLIENTS[0] ?? expect.unreachable(),
    observed: {},
    user: undefined,
    data: '{}',
  });
  return {
    now,
    state,
    secrets: new Map([['secret 0', { is: 'current' }]]),
    timeouts: TIMEOUTS,
    idleEnd: now + TIMEOUTS.idle,
    absoluteEnd: now + TIMEOUTS.absolute,
    finishedAt: undefined,
    comeback: undefined,
    drawn: 0,
  };
}

function differ(a: string, b: string): boolean {
  return a !== '' && b !== '' && a !== b;
}

/** What the model says of a presented secret. */
function expected(
  world: World,
  [hash, standing]: readonly [string, Standing],
  openedAt: number,
  client: Client,
  byCookie: boolean,
): object {
  const { now, finishedAt, idleEnd, absoluteEnd } = world;
  const ends =
    finishedAt === undefined
      ? Math.min(idleEnd, absoluteEnd)
      : Math.max(absoluteEnd, finishedAt + 24 * 60 * MINUTE);
  const isOver = now >= ends;
  if (standing.is === 'retired' && openedAt - standing.at > GRACE) {
    const { network, browser } = standing.confirmedBy;
    const looksSame = client === standing.confirmedBy && client.network !== '';
    if (byCookie && looksSame && !isOver && world.comeback?.hash === hash && openedAt <= world.comeback.until)
      return finishedAt === undefined
        ? { kind: 'open', match: { as: 'recovered' } }
        : { kind: 'finished', lost: { nonce: 'n' } };
    const looksDifferent = differ(network, client.network) || differ(browser, client.browser);
    return { kind: 'retired', stolen: looksDifferent && !isOver && finishedAt === undefined };
  }
  if (isOver) return { kind: 'expired', accepted: standing.is !== 'dead' };
  if (standing.is === 'dead') return { kind: 'unknown' };
  return finishedAt === undefined ? { kind: 'open', match: { as: standing.is } } : { kind: 'finished' };
}

it('judges the record of any sequence of transitions as a model does', () => {
  const late = fc.integer({ min: 0, max: 2 * MINUTE });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 25 }),
      fc.constantFrom(...CLIENTS),
      late,
      fc.boolean(),
      (steps, client, waited, byCookie) => {
        const world = begin();
        for (const each of steps) {
          const before = world.state;
          each(world);
          expect(world.state.generation).toBeGreaterThanOrEqual(before.generation);
          if (world.state.finish === undefined) {
            expect(world.state.expiresAt).toBeLessThanOrEqual(world.state.absoluteDeadline);
          }
          if (world.state.absoluteDeadline === before.absoluteDeadline) {
            expect(world.state.expiresAt).toBeGreaterThanOrEqual(before.expiresAt);
          }
          const stored = decodeSession(encodeSession(world.state, 1));
          if (stored === undefined) throw new Error('The record cannot be read.');
          for (const [hash, standing] of world.secrets) {
            const openedAt = world.now - waited;
            const verdict = judge(stored, {
              hash,
              now: world.now,
              openedAt,
              renewalGrace: GRACE,
              byCookie,
              client: () => client,
            });
            expect(verdict).toMatchObject(expected(world, [hash, standing], openedAt, client, byCookie));
          }
        }
      },
    ),
    { numRuns: 1000 },
  );
});
