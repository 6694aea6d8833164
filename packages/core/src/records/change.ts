import { SessionError } from '../common/errors.ts';
import type { SessionState } from '../session/session-state.ts';

/** The generation that a visit may write in; raised where the visit itself draws a new secret. */
export interface Admission {
  generation: number;
}

/** What a change makes of a state. */
export type Changed<R> =
  | { readonly kind: 'write'; readonly state: SessionState; readonly result: R }
  | { readonly kind: 'delete'; readonly result: R }
  | { readonly kind: 'keep'; readonly result: R };

/** One wish to change a session. It may run several times, on each version that it meets, so it must do nothing else. */
export interface Change<R> {
  /** Whose visit it belongs to; undefined for a change from outside of every visit. */
  readonly admission: Admission | undefined;
  /** Whether it ends the session: then writers must not be able to starve it. */
  readonly ends: boolean;
  /** Makes the next state. What it throws fails this change alone. */
  apply(state: SessionState, now: number): Changed<R>;
}

/** What became of one change when several were applied in a row. */
export type Applied =
  /** `depends`: on a change before it in the row, so that it has failed only if that one is written. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly depends: boolean }
  | { readonly kind: 'done'; readonly state: SessionState; readonly result: unknown };

/** What a row of changes makes of a state. */
export interface Fold {
  readonly kind: 'write' | 'delete' | 'keep';
  readonly state: SessionState;
  /** In the order of the changes. */
  readonly applied: readonly Applied[];
  /** The generations that visits are in once the outcome is written. */
  readonly generations: ReadonlyMap<Admission, number>;
}

/** Applies changes in a row: each sees the one before it; one that throws changes nothing; after one that ends the session the others fail. */
export function fold(start: SessionState, changes: readonly Change<unknown>[], now: number): Fold {
  const generations = new Map<Admission, number>();
  const applied: Applied[] = [];
  let state = start;
  let kind: Fold['kind'] = 'keep';
  for (const change of changes) {
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

/** Makes the error for a write to a session that is no more. */
export function sessionEnded(): SessionError {
  return new SessionError(
    'ERR_SESSION_ENDED',
    'The session ended while this request was running, so nothing was written. Answer as to a visitor without a session; the next request may begin a new one.',
  );
}

/** Tells whether an error says that the session has ended. */
export function saysEnded(error: unknown): boolean {
  return error instanceof SessionError && error.code === 'ERR_SESSION_ENDED';
}
