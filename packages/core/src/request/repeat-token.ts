import { isBound } from '../session/admission.ts';
import { CLOCK_TOLERANCE } from '../session/expiry.ts';
import type { OutgoingToken } from './current-session.ts';
import type { RequestContext } from './request-context.ts';

/**
 * Returns the token that the request presented, to be sent again with a fresh lifetime; undefined if it was not asked for, or if a response that overtakes
 * this one may bring a newer token. A renewal that is due within the time that a response may take sends a token anyway.
 */
export function repeatedToken(context: RequestContext<object>): OutgoingToken | undefined {
  const { current, deps, openedAt, repeatsToken } = context;
  if (!repeatsToken || current === undefined) return undefined;
  const { now, renewAfter } = deps.config;
  const { state } = current;
  const isDueSoon = !isBound(state) && now() - state.secret.since >= renewAfter - 2 * CLOCK_TOLERANCE;
  if (state.next !== undefined || isDueSoon) return undefined;
  return {
    ...context.outgoingToken(current),
    repeatable: { sessionId: current.id, generation: state.generation, since: openedAt },
  };
}
