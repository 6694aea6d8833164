import { hasPassed, reachedTimeout } from '../session/expiry.ts';
import type { SessionState } from '../session/session-state.ts';
import type { Ended } from '../session/session-types.ts';
import type { RequestContext } from './request-context.ts';

/**
 * Reads the current session again, and resolves to whether there is one. It is read by its ID, not by the presented token, which a timed renewal may have retired:
 * the generation tells whether the request may still use it. Writes nothing.
 */
export async function reload(context: RequestContext<object>): Promise<boolean> {
  const { current, deps } = context;
  if (current === undefined) return false;
  const record = await deps.port.read(current.id);
  const now = deps.config.now();
  const latest = context.current;
  if (latest?.id !== current.id) return latest !== undefined;
  const decoded = record && deps.records.decode(record);
  if (record === undefined || decoded === undefined) {
    return leave(context, record === undefined ? 'unknown' : 'unreadable');
  }
  const { state } = decoded;
  const reason = reasonOfEnd(state, latest.admission.generation, now);
  if (reason !== undefined) return leave(context, reason, state);
  // An update of this request may have written a later version meanwhile.
  if (latest.base === undefined || latest.base.record.version <= record.version) {
    context.refreshCurrent(current.id, state, { record, state, seenAt: now, decoded });
  }
  return true;
}

/** Tells why a session is over for a request that was admitted in a generation; undefined if it goes on. */
function reasonOfEnd(state: SessionState, generation: number, now: number): Ended | undefined {
  const { finish, expiresAt, absoluteDeadline } = state;
  if (finish !== undefined) {
    // Either raises the generation once. If it rose more, this request's secret was replaced before.
    if (state.generation !== generation + 1) return 'unknown';
    return finish.isRevoked ? 'revoked' : 'finished';
  }
  if (state.generation !== generation) return 'unknown';
  return hasPassed(expiresAt, now) ? reachedTimeout(expiresAt, absoluteDeadline) : undefined;
}

function leave(context: RequestContext<object>, reason: Ended, state?: SessionState): false {
  context.clearCurrent();
  context.noteEnded(reason, reason === 'finished' ? state?.finish?.receipt : undefined);
  return false;
}
