import { configError } from '../common/errors.ts';
import type { ClientChange, ClientDecision } from '../http/client-checks/client-check.ts';
import type { SessionState } from '../session/session-state.ts';
import type { RequestVisit } from './request-context.ts';

/** How many values of one check a session remembers: a client may have more than one route. */
const MOST_REMEMBERED = 4;

/** What the client checks say of a request. */
export interface ClientJudgement {
  readonly isRefused: boolean;
  /** Whether something is to be remembered that the session was asked to accept. */
  readonly isNew: boolean;
  /** What the session is to remember from now on. */
  readonly observed: SessionState['observed'];
}

/** Compares the client of a request with what the session remembers. A change that is reported is reported once and then remembered. */
export function judgeClient(
  visit: RequestVisit<object>,
  sessionId: string,
  state: SessionState,
): ClientJudgement {
  const { clientChecks } = visit.engine.config;
  if (clientChecks.length === 0) return { isRefused: false, isNew: false, observed: state.observed };
  const seen = visit.observe();
  const observed = remembering(state.observed, seen);
  const changes = differences(state.observed, seen);
  if (changes.length > 0 && visit.clientDecision === undefined) {
    visit.clientDecision = decide(visit, { sessionId, userId: state.user?.id, changes });
    const names = changes.map(({ name }) => name);
    if (visit.clientDecision !== 'accept') {
      visit.clientChanges = names;
      const refused = visit.clientDecision === 'refuse';
      visit.emit({ type: 'client-changed', changes: names, refused }, state, sessionId);
    }
  }
  return { isRefused: visit.clientDecision === 'refuse', isNew: changes.length > 0, observed };
}

/** Adds what was seen to what is remembered, the latest first. */
export function remembering(
  remembered: SessionState['observed'],
  seen: SessionState['observed'],
): SessionState['observed'] {
  let next = remembered;
  for (const [name, values] of Object.entries(seen)) {
    const before = remembered[name] ?? [];
    const fresh = values.filter((value) => !before.includes(value));
    if (fresh.length > 0) next = { ...next, [name]: [...fresh, ...before].slice(0, MOST_REMEMBERED) };
  }
  return next;
}

function differences(
  remembered: SessionState['observed'],
  seen: SessionState['observed'],
): ClientChange['changes'] {
  return Object.entries(seen).flatMap(([name, [value]]) => {
    const before = remembered[name] ?? [];
    const differs = value !== undefined && before.length > 0 && !before.includes(value);
    return differs ? [{ name, remembered: before, seen: value }] : [];
  });
}

function decide(visit: RequestVisit<object>, change: ClientChange): ClientDecision {
  const { onClientChange } = visit.engine.config;
  const decision = typeof onClientChange === 'function' ? onClientChange(change) : onClientChange;
  if (decision === 'report' || decision === 'accept' || decision === 'refuse') return decision;
  // Anything else, such as a promise, must not serve whom the app may have meant to refuse.
  throw configError('what onClientChange returns', decision, "'report', 'accept' or 'refuse'");
}
