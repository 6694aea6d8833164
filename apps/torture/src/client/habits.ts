import type { Action } from '../history/events.ts';

/** What a browser may do besides requests of its own session. */
type Act = Action | 'race' | 'replay' | 'forge' | 'crash' | 'leave' | 'idle';

/** What a browser does, by how often: one thing after the other, and several at the same time. */
export interface Habits {
  readonly acts: Readonly<Partial<Record<Act, number>>>;
  readonly races: Readonly<Partial<Record<Action, number>>>;
}

const ACTS: Readonly<Record<Act, number>> = {
  add: 340,
  read: 220,
  race: 60,
  'sign-in': 70,
  finish: 50,
  slow: 40,
  'sign-out': 30,
  renew: 30,
  replay: 30,
  forge: 20,
  crash: 10,
  leave: 10,
  idle: 10,
  revoke: 10,
  'revoke-user': 10,
  'revoke-all': 0.1,
};

/** What most browsers do. */
export const USUAL_HABITS: Habits = {
  acts: ACTS,
  races: { add: 6, read: 3, finish: 3, 'sign-out': 1, 'sign-in': 1, renew: 1 },
};

/** What a calm one does: it rarely ends its session, so that this outlives many faults and is renewed. */
export const CALM_HABITS: Habits = {
  acts: {
    ...ACTS,
    'sign-in': 20,
    finish: 5,
    'sign-out': 2,
    renew: 5,
    replay: 5,
    leave: 1,
    revoke: 1,
    'revoke-user': 1,
    'revoke-all': 0,
  },
  races: { add: 6, read: 3, finish: 0.2, 'sign-out': 0, 'sign-in': 0.1, renew: 0.1 },
};

/** What one does whose cart is full. */
export const FULL_HABITS: Habits['races'] = { finish: 3, 'sign-out': 1 };
