import { configError } from '../common/errors.ts';
import type { ClientChange, ClientDecision } from '../http/client-checks/client-check.ts';
import type { SessionState } from '../session/session-state.ts';
import type { RequestContext } from './request-context.ts';

/** How many values of each check a session keeps, since a client may have more than one network. */
const MAX_OBSERVED = 4;

/** What the client checks say about a request. */
export interface ClientJudgement {
  readonly isRefused: boolean;
  /** Whether a check observed a value that the session did not know. */
  readonly isNew: boolean;
  /** What the session is to know from now on. */
  readonly observed: SessionState['observed'];
}

/** Compares the client of a request with what the session has observed before. A difference is reported once and is known from then on. */
export function judgeClient(
  context: RequestContext<object>,
  sessionId: string,
  state: SessionState,
): ClientJudgement {
  if (context.deps.config.clientChecks.length === 0) {
    return { isRefused: false, isNew: false, observed: state.observed };
  }
  const seen = context.observe();
  const observed = withSeen(state.observed, seen);
  const changes = differences(state.observed, seen);
  if (changes.length > 0 && context.clientDecision === undefined) {
    const decision = decide(context, { sessionId, userId: state.user?.id, changes });
    const names = Object.freeze(changes.map(({ name }) => name));
    context.noteClientDecision(decision, names);
    if (decision !== 'accept') {
      const refused = decision === 'refuse';
      context.emit({ type: 'client-changed', changes: names, refused }, state, sessionId);
    }
  }
  return { isRefused: context.clientDecision === 'refuse', isNew: changes.length > 0, observed };
}

/** Adds the values that were just seen to those that were observed before, the latest first. */
export function withSeen(
  before: SessionState['observed'],
  seen: SessionState['observed'],
): SessionState['observed'] {
  let observed = before;
  for (const [name, values] of Object.entries(seen)) {
    const known = before[name] ?? [];
    const fresh = values.filter((value) => !known.includes(value));
    if (fresh.length > 0) observed = { ...observed, [name]: [...fresh, ...known].slice(0, MAX_OBSERVED) };
  }
  return observed;
}

function differences(
  before: SessionState['observed'],
  seen: SessionState['observed'],
): ClientChange['changes'] {
  return Object.entries(seen).flatMap(([name, [value]]) => {
    const known = before[name] ?? [];
    const differs = value !== undefined && known.length > 0 && !known.includes(value);
    return differs ? [{ name, remembered: known, seen: value }] : [];
  });
}

function decide(context: RequestContext<object>, change: ClientChange): ClientDecision {
  const { onClientChange } = context.deps.config;
  const decision = typeof onClientChange === 'function' ? onClientChange(change) : onClientChange;
  if (decision === 'report' || decision === 'accept' || decision === 'refuse') return decision;
  // Anything else, such as a promise, must not serve a client that the app may have meant to refuse.
  throw configError('what onClientChange returns', decision, "'report', 'accept' or 'refuse'");
}
