import { SessionError } from '../common/errors.ts';
import { checkSignIn, timeoutsOf } from '../config/config.ts';
import type { Admission, Change } from '../records/change.ts';
import type { Timeouts } from '../session/expiry.ts';
import { signedIn, touched, withData } from '../session/lifecycle.ts';
import type { SessionState, SignedIn } from '../session/session-state.ts';
import type { SignInOptions } from '../session/session-types.ts';
import { drawSecret, hashSecret } from '../session/token.ts';
import { checkUserId, userLimit } from '../users/user-index.ts';
import type { ReadIndex } from '../users/user-index-store.ts';
import { withSeen } from './client-changes.ts';
import type { CurrentSession } from './current-session.ts';
import { changeData, checkChange } from './data-change.ts';
import type { DataReader } from './data-reader.ts';
import { create } from './grant.ts';
import { type RequestContext, responseSealed } from './request-context.ts';

/**
 * Signs a user in. The order of the steps makes it safe against a crash or a revocation between any two of them: read the user's epoch, write the session, list
 * it if the epoch is still the same, and only then let the token go out.
 */
export async function signIn<Data extends object>(
  context: RequestContext<Data>,
  userId: string,
  options: SignInOptions<Data> = {},
): Promise<void> {
  checkUserId(userId);
  const { timeouts, idle } = checkSignIn(context.deps.config, options);
  const { bind, data } = options;
  if (data !== undefined) checkChange(data);
  const remembered = options.remember === true;
  context.refuseCrossSite();
  context.transport.proofs?.require(context.proof);
  context.refuseSealed();
  const { config, generations, users } = context.deps;
  const before = context.current;
  const isOthers = before?.state.user !== undefined && before.state.user.id !== userId;
  const kept = isOthers ? undefined : before;
  const index = await users.begin(userId, kept?.id);
  context.refuseSealed();
  const user = {
    id: userId,
    epoch: index.index.epoch,
    signedInAt: config.now(),
    remembered,
    ...(idle !== undefined && { idle }),
  };
  const how = { user, timeouts, bind, change: data };
  const attempt = kept === undefined ? await beginNew(context, how) : await signInto(context, kept, how);
  await complete(context, attempt, index);
  if (isOthers && before !== undefined) await endOthers(context, before, attempt);
  if (context.isSealed) {
    await attempt.rollback();
    throw responseSealed();
  }
  context.issue(attempt.session);
  generations.noteRaised(attempt.session.id, attempt.session.state.generation);
  context.emit({ type: 'signed-in', remembered });
}

/** What a sign-in is to write. */
interface Plan<Data> {
  readonly user: SignedIn;
  readonly timeouts: Timeouts;
  readonly bind: boolean | undefined;
  readonly change: SignInOptions<Data>['data'];
}

/** A sign-in that is written, but whose token is not on its way yet. */
interface Attempt {
  readonly session: CurrentSession;
  readonly user: SignedIn;
  /** Undoes the sign-in: the earlier token opens again what it opened before. */
  rollback(): Promise<void>;
}

/** Lists the session, or rolls the sign-in back. */
async function complete(context: RequestContext<object>, attempt: Attempt, index: ReadIndex): Promise<void> {
  const { users, config } = context.deps;
  const { session, user } = attempt;
  let outcome: 'listed' | 'revoked' | 'full';
  try {
    const listing = { id: session.id, epoch: user.epoch };
    outcome = await users.add(user.id, listing, session.state.absoluteDeadline, index);
  } catch (error) {
    // The caller must learn of this failure; a second one during the rollback adds nothing.
    await attempt.rollback().catch(() => {});
    throw error;
  }
  if (outcome === 'listed' && !context.isSealed) return;
  if (outcome === 'revoked') {
    await users.end(user.id, session.id, 'revoke-user');
    throw signInRevoked();
  }
  await attempt.rollback();
  throw outcome === 'full' ? userLimit(config.maxPerUser) : responseSealed();
}

/** Begins a session with a new ID and the initial data. */
async function beginNew<Data extends object>(
  context: RequestContext<Data>,
  { user, timeouts, bind, change }: Plan<Data>,
): Promise<Attempt> {
  const { data, users } = context.deps;
  const json = change === undefined ? data.newJson() : changeData(data, data.initialJson(), change).json;
  const session = await create(context, json, user, { timeouts, bind });
  return {
    session,
    user,
    rollback: () => users.drop(user.id, session.id, 'sign-in'),
  };
}

/** Signs into the session that the visitor has: the ID and the data stay, and every earlier secret is dead. */
async function signInto<Data extends object>(
  context: RequestContext<Data>,
  before: CurrentSession,
  { user, timeouts, bind, change: dataChange }: Plan<Data>,
): Promise<Attempt> {
  const { config, data, writer, users } = context.deps;
  const secret = drawSecret(config.randomBytes);
  // A separate admission: if the rollback fails, this request must not go on with a session that is signed in but not listed.
  const admission: Admission = { ...before.admission };
  const change: Change<SessionState> = {
    admission,
    ends: false,
    apply: (earlier, now) => {
      // Data that cannot be read must not keep anyone from signing in, so it is read only for a change.
      const changed = signedIn(dataChange === undefined ? earlier : withChange(data, earlier, dataChange), {
        now,
        secretHash: hashSecret(secret),
        timeouts,
        client: context.client(),
        observed: withSeen(earlier.observed, context.observe()),
        user: { ...user, signedInAt: now },
      });
      const state = config.deviceBinding?.offer(context, before.id, changed, now, bind) ?? changed;
      return { kind: 'write', state, result: earlier };
    },
  };
  const { result: earlier, state, base } = await writer.write(before.id, before.base, change);
  const session: CurrentSession = { id: before.id, secret, admission, state, base };
  return {
    session,
    user,
    rollback: async () => {
      await writer.write(session.id, session.base, {
        admission: session.admission,
        ends: true,
        apply: ({ writes, device }, now) => ({
          kind: 'write',
          // A proof beside the sign-in has changed the binding in the browser too.
          state: { ...touched(earlier, now, timeoutsOf(config, earlier.user)), writes, device },
          result: undefined,
        }),
      });
      if (earlier.user === undefined) await users.prune(user.id, [session.id]);
    },
  };
}

/** Returns a state with changed data. */
function withChange<Data extends object>(
  reader: DataReader<Data>,
  state: SessionState,
  change: NonNullable<SignInOptions<Data>['data']>,
): SessionState {
  return withData(state, changeData(reader, state.data, change).json);
}

/** Ends the session of the user who was signed in before: it must not be carried over to another user. */
async function endOthers(
  context: RequestContext<object>,
  before: CurrentSession,
  attempt: Attempt,
): Promise<void> {
  const { user } = before.state;
  if (user === undefined) return;
  try {
    await context.deps.users.drop(user.id, before.id, 'sign-in');
  } catch (error) {
    await attempt.rollback().catch(() => {});
    throw error;
  }
}

function signInRevoked(): SessionError {
  return new SessionError(
    'ERR_SIGN_IN_REVOKED',
    "All of the user's sessions were revoked during this sign-in, so the session that it signed in was ended too. The user may sign in again.",
  );
}
