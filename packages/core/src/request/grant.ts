import { SessionError } from '../common/errors.ts';
import { timeoutsOf } from '../config/config.ts';
import { snapshotFor } from '../records/snapshot.ts';
import type { Timeouts } from '../session/expiry.ts';
import { begun, withDevice } from '../session/lifecycle.ts';
import type { SessionState, SignedIn } from '../session/session-state.ts';
import { hashSecret } from '../session/token.ts';
import { outcomeUnknown, type StoreFault } from '../store/store-fault.ts';
import { type CurrentSession, currentSession } from './current-session.ts';
import { changeData, type DataChange } from './data-change.ts';
import { type RequestContext, responseSealed } from './request-context.ts';

const MAX_CREATE_ATTEMPTS = 3;

/** Grants a session: writes its first record, with the initial data or a change of it, then lets its token go out. */
export async function grant<Data extends object, R>(
  context: RequestContext<Data>,
  change: DataChange<Data, R> = {},
): Promise<R | undefined> {
  context.refuseSealed();
  if (context.isLoadedLate) throw loadedLate();
  const reader = context.deps.data;
  const { json, result } = changeData(reader, reader.initialJson(), change);
  const granted = await create(context, json, undefined);
  if (context.isSealed) {
    await deleteUnsent(context, granted);
    throw responseSealed();
  }
  context.issue(granted);
  context.emit({ type: 'granted' });
  return result;
}

/** Its response would put the cookie of a new session over the newer one that the browser has by now. */
function loadedLate(): SessionError {
  return new SessionError(
    'ERR_SESSION_ENDED',
    'The request was held open until the token that it came with had been replaced, so nothing was written. The session goes on in the browser. Send the request again, or load the session before you read a large body.',
  );
}

/** What a successor takes over from the session that it follows. */
export interface Inheritance {
  readonly secret: string;
  readonly absoluteDeadline: number;
  readonly device: SessionState['device'];
}

/** Writes a new session under an ID that nobody knows yet. It has a secret and an absolute deadline of its own unless it inherits them. `timeouts` default to those of the options. */
export async function create(
  context: RequestContext<object>,
  data: string,
  user: SignedIn | undefined,
  {
    inheritance,
    timeouts,
    bind,
  }: {
    readonly inheritance?: Inheritance;
    readonly timeouts?: Timeouts;
    readonly bind?: boolean | undefined;
  } = {},
): Promise<CurrentSession> {
  const { config, port, sweeper } = context.deps;
  let fault: StoreFault | undefined;
  for (let attempt = 1; attempt <= MAX_CREATE_ATTEMPTS; attempt += 1) {
    const token = context.takeToken();
    const id = token.id;
    const secret = inheritance?.secret ?? token.secret;
    const now = config.now();
    const initial = begun({
      now,
      secretHash: hashSecret(secret),
      timeouts: timeouts ?? timeoutsOf(config, user, true),
      notAfter: inheritance?.absoluteDeadline,
      recovery: inheritance && { nonce: undefined, status: 'ready' },
      client: context.client(),
      observed: context.observe(),
      user,
      data,
    });
    const state =
      inheritance === undefined
        ? (bound(context, initial, now) ??
          config.deviceBinding?.offer(context, id, initial, now, bind) ??
          initial)
        : withDevice(initial, inheritance.device);
    const snapshot = snapshotFor(state, undefined, config.randomBytes, now);
    const created = await port.createNew(id, snapshot.record);
    if (created === true) {
      sweeper.sweepIfDue(context.options);
      context.deps.proxies.note(context.request, state.client.network);
      return { ...currentSession({ id, secret }, snapshot), isNew: true };
    }
    if (created !== false) fault = created;
  }
  throw outcomeUnknown(fault);
}

/** Binds a new session to the key that the request has proven; undefined if its transport has no proofs. If it has, no session begins without one. */
function bound(
  { transport, proof }: RequestContext<object>,
  state: SessionState,
  now: number,
): SessionState | undefined {
  const key = transport.proofs?.require(proof);
  return key === undefined
    ? undefined
    : withDevice(state, { id: '', key, boundAt: now, challenges: [], cookies: [] });
}

/** Deletes a session whose token never went out. */
async function deleteUnsent(context: RequestContext<object>, { id, base }: CurrentSession): Promise<void> {
  if (base !== undefined) await context.deps.port.delete(id, base.record);
}
