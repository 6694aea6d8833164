import type { Client } from '../http/client.ts';
import { NO_WRITES } from '../store/write-log.ts';
import { absoluteDeadline, laterDeadline, MIN_RECEIPT_LIFETIME, type Timeouts } from './expiry.ts';
import type { Finish, NextSecret, Recovery, SessionState, SignedIn } from './session-state.ts';

const MAX_RETIRED = 3;

/** What a new session starts from. */
export interface Beginning {
  readonly now: number;
  readonly secretHash: string;
  readonly timeouts: Timeouts;
  /** The absolute deadline of the session that this one replaces. */
  readonly notAfter?: number | undefined;
  readonly recovery?: Recovery | undefined;
  readonly client: Client;
  readonly observed: SessionState['observed'];
  readonly user: SignedIn | undefined;
  readonly data: string;
}

/** Begins a session. */
export function begun(beginning: Beginning): SessionState {
  const { now, secretHash, timeouts, notAfter, recovery, client, observed, user, data } = beginning;
  const absolute = notAfter ?? absoluteDeadline(now, timeouts);
  return {
    writes: NO_WRITES,
    generation: 0,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: laterDeadline(0, now, absolute, timeouts),
    absoluteDeadline: absolute,
    secret: { hash: secretHash, since: now },
    next: undefined,
    recovery,
    retired: [],
    client,
    observed,
    user,
    device: undefined,
    finish: undefined,
    data,
  };
}

/** Records a use and extends the idle deadline. Neither moves back, even if this server's clock is behind. */
export function touched(state: SessionState, now: number, timeouts: Timeouts): SessionState {
  const expiresAt = laterDeadline(state.expiresAt, now, state.absoluteDeadline, timeouts);
  return { ...state, lastUsedAt: Math.max(state.lastUsedAt, now), expiresAt };
}

/** Replaces the data. */
export function withData(state: SessionState, data: string): SessionState {
  return { ...state, data };
}

/** Replaces what the client checks observed. */
export function withObserved(state: SessionState, observed: SessionState['observed']): SessionState {
  return { ...state, observed };
}

/** Replaces what is known of the device. */
export function withDevice(state: SessionState, device: SessionState['device']): SessionState {
  return { ...state, device };
}

/** Replaces every secret: no earlier one, and none on its way to the client, opens the session any more (session fixation). */
export function rekeyed(state: SessionState, secretHash: string, now: number): SessionState {
  return {
    ...state,
    generation: state.generation + 1,
    secret: { hash: secretHash, since: now },
    next: undefined,
    recovery: undefined,
    retired: [],
  };
}

/** Signs a user in: replaces every secret and restarts the timeouts. */
export function signedIn(
  state: SessionState,
  how: Pick<Beginning, 'now' | 'secretHash' | 'timeouts' | 'client' | 'observed'> & {
    readonly user: SignedIn;
  },
): SessionState {
  const absolute = absoluteDeadline(how.now, how.timeouts);
  return {
    ...rekeyed(state, how.secretHash, how.now),
    lastUsedAt: Math.max(state.lastUsedAt, how.now),
    expiresAt: laterDeadline(0, how.now, absolute, how.timeouts),
    absoluteDeadline: absolute,
    client: how.client,
    observed: how.observed,
    user: how.user,
  };
}

/** Moves a signed-in session into a later epoch of its user. */
export function inEpoch(state: SessionState, epoch: number): SessionState {
  return state.user === undefined ? state : { ...state, user: { ...state.user, epoch } };
}

/** Begins a timed renewal: the current secret stays valid until a client presents the next one. */
export function renewalBegun(state: SessionState, next: NextSecret): SessionState {
  return { ...state, next };
}

/** Confirms a renewal: the next secret becomes current, and the one before is retired, from which a crash may bring the client back once. */
export function renewalConfirmed(state: SessionState, client: Client, now: number): SessionState {
  if (state.next === undefined) return state;
  return {
    ...state,
    secret: { hash: state.next.hash, since: now },
    next: undefined,
    recovery: { nonce: state.next.nonce, status: 'ready' },
    retired: [{ hash: state.secret.hash, at: now, client }, ...state.retired].slice(0, MAX_RETIRED),
    client,
  };
}

/** Begins a recovery: the secret before the current one came back after a crash, and its client is sent the current one again. */
export function recoveryBegun(state: SessionState): SessionState {
  return state.recovery === undefined
    ? state
    : { ...state, recovery: { ...state.recovery, status: 'offered' } };
}

/** Confirms a recovery: the current secret was presented again. The secret before is not accepted a second time. */
export function recoveryConfirmed(state: SessionState, client: Client, now: number): SessionState {
  if (state.recovery === undefined) return state;
  return {
    ...state,
    secret: { ...state.secret, since: now },
    recovery: { ...state.recovery, status: 'used' },
    client,
  };
}

/** Ends the possibility of a recovery: every browser has the current secret on disk by now. */
export function settled(state: SessionState): SessionState {
  return { ...state, recovery: undefined };
}

/** Finishes a session: drops its data, and keeps its secrets so that only their holder can read the receipt. */
export function finished(state: SessionState, finish: Omit<Finish, 'isRevoked'>): SessionState {
  return {
    ...state,
    generation: state.generation + 1,
    expiresAt: Math.max(state.absoluteDeadline, finish.at + MIN_RECEIPT_LIFETIME),
    finish: { ...finish, isRevoked: false },
    data: '',
  };
}

const NO_CLIENT: Client = { network: '', browser: '', platform: '' };

/** Revokes a session: leaves only its secrets, for `toldFor` milliseconds or until its deadline, so that their holder can be told why it ended. */
export function revoked(state: SessionState, now: number, toldFor: number): SessionState {
  return {
    ...state,
    generation: state.generation + 1,
    expiresAt: Math.min(state.expiresAt, now + toldFor),
    recovery: undefined,
    retired: state.retired.map((each) => ({ ...each, client: NO_CLIENT })),
    client: NO_CLIENT,
    observed: {},
    user: undefined,
    device: undefined,
    finish: { at: now, isRevoked: true, receipt: undefined, successor: undefined },
    data: '',
  };
}
