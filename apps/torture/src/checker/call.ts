import type { CallEvent, OutcomeEvent } from '../history/events.ts';
import type { Reply } from '../history/reply.ts';

/** Whether a call did what it was to do. `unknown`: perhaps, and perhaps later. */
export type Effect = 'done' | 'none' | 'unknown';

/** One request, with what came of it. */
export interface Call extends CallEvent {
  readonly begin: number;
  readonly end: number;
  readonly outcome: OutcomeEvent;
  readonly reply: Reply | undefined;
  readonly effect: Effect;
  /** When it can do nothing any more: its end, or never if its effect is unknown. */
  readonly settled: number;
}

/** Joins a request to its outcome. */
export function joinCall(event: CallEvent, outcome: OutcomeEvent): Call {
  const effect = effectOf(outcome);
  const settled = effect === 'unknown' ? Number.POSITIVE_INFINITY : outcome.at;
  return { ...event, begin: event.at, end: outcome.at, outcome, reply: outcome.reply, effect, settled };
}

/** Errors after which nothing was written. After a sign-in that was revoked, and after contention, something was ended perhaps. */
const CERTAIN: ReadonlySet<string> = new Set(['ERR_SESSION_ENDED', 'ERR_USER_LIMIT', 'ERR_DATA_TOO_LARGE']);

function effectOf({ kind, status, reply }: OutcomeEvent): Effect {
  if (kind === 'refused') return 'none';
  if (kind !== 'response' || reply === undefined) return 'unknown';
  if (status === 200) return 'done';
  if (reply.isUnknown === true) return 'unknown';
  // The session could not be loaded, so that the handler did not run.
  if (reply.loaded === undefined) return 'none';
  return CERTAIN.has(reply.code ?? '') ? 'none' : 'unknown';
}

/** Tells whether a call adds a mark, and is certain not to have done so. Contention is certain for an update. */
export function isRefusedUpdate(call: Call): boolean {
  if (call.mark === undefined) return false;
  return call.effect === 'none' || call.reply?.code === 'ERR_SESSION_CONTENTION';
}

/** The session that the handler found, if any. */
export function loadedId(call: Call): string | undefined {
  return call.reply?.loaded?.id;
}

/** The session that the handler left, if any. */
export function afterId(call: Call): string | undefined {
  return call.reply?.after?.id;
}
