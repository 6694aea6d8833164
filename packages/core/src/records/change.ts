import { SessionError } from '../common/errors.ts';
import type { SessionState } from '../session/session-state.ts';

/** The generation in which a request may write. It rises when the request itself draws a new secret. */
export interface Admission {
  generation: number;
}

/** The result of applying a change to a state. */
export type Changed<R> =
  | { readonly kind: 'write'; readonly state: SessionState; readonly result: R }
  | { readonly kind: 'delete'; readonly result: R }
  | { readonly kind: 'keep'; readonly result: R };

/** One change of a session. It may be applied several times, to each version that a write meets, so it must have no side effects. */
export interface Change<R> {
  /** The admission of the request that makes the change; undefined if no request does. */
  readonly admission: Admission | undefined;
  /** Whether the change ends the session. Then other writers must not be able to starve it. */
  readonly ends: boolean;
  /** Makes the next state. An error fails only this change. */
  apply(state: SessionState, now: number): Changed<R>;
}

/** The result of one change among several that were applied in order. */
export type Applied =
  /** `depends`: an earlier change may have caused the failure, so it counts only once that change is written. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly depends: boolean }
  | { readonly kind: 'done'; readonly state: SessionState; readonly result: unknown };

/** The result of applying several changes in order. */
export interface Fold {
  readonly kind: 'write' | 'delete' | 'keep';
  readonly state: SessionState;
  /** In the order of the changes; fewer if the time was over. */
  readonly applied: readonly Applied[];
  /** The generations of the requests once the result is written. */
  readonly generations: ReadonlyMap<Admission, number>;
}

/**
 * Applies changes in order: each sees the one before it, one that throws changes nothing, and all after one that ends the session fail. Stops after the first
 * change at which the time `isOver`; the others are not among the applied.
 */
export function fold(
  start: SessionState,
  changes: readonly Change<unknown>[],
  now: number,
  isOver: () => boolean = () => false,
): Fold {
  const generations = new Map<Admission, number>();
  const applied: Applied[] = [];
  let state = start;
  let kind: Fold['kind'] = 'keep';
  for (const change of changes) {
    if (applied.length > 0 && isOver()) break;
    try {
      const { admission } = change;
      if (kind === 'delete' || state.finish !== undefined) throw sessionEnded();
      const needed = admission && (generations.get(admission) ?? admission.generation);
      if (needed !== undefined && needed !== state.generation) throw sessionEnded();
      const changed = change.apply(state, now);
      if (changed.kind !== 'keep') kind = changed.kind;
      if (changed.kind === 'write') {
        state = changed.state;
        if (admission !== undefined && state.finish === undefined)
          generations.set(admission, state.generation);
      }
      applied.push({ kind: 'done', state, result: changed.result });
    } catch (error) {
      applied.push({ kind: 'failed', error, depends: kind !== 'keep' });
    }
  }
  return { kind, state, applied, generations };
}

/** Makes the error for a write to a session that has ended. Only a write that was certainly not applied is said to be none. */
export function sessionEnded(written: 'no' | 'unlikely' = 'no'): SessionError {
  const fate =
    written === 'no' ? 'nothing was written' : 'it is unknown whether this change was written before';
  return new SessionError(
    'ERR_SESSION_ENDED',
    `The session ended while this request was running: ${fate}. Respond as to a visitor without a session; the next request may begin a new one.`,
  );
}

/** Tells whether an error is `ERR_SESSION_ENDED`. */
export function saysEnded(error: unknown): boolean {
  return error instanceof SessionError && error.code === 'ERR_SESSION_ENDED';
}

/** Tells whether it is unknown, after an error, if the change was written. */
export function saysUnknown(error: unknown): boolean {
  return error instanceof SessionError && error.code === 'ERR_STORE_UNAVAILABLE';
}
