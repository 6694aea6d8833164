import { SessionError } from '../common/errors.ts';
import { timeoutsOf } from '../config/config.ts';
import type { Admission, Change } from '../records/change.ts';
import { signedIn, touched } from '../session/lifecycle.ts';
import type { SessionState, SignedIn } from '../session/session-state.ts';
import { drawSecret, hashSecret } from '../session/token.ts';
import { checkUserId, userLimit } from '../users/user-index.ts';
import type { ReadIndex } from '../users/user-index-store.ts';
import { remembering } from './client-changes.ts';
import { checkedJson } from './data-change.ts';
import { create } from './grant.ts';
import { type Held, type RequestVisit, responseSealed } from './request-context.ts';

/**
 * Signs a user in. The order of the steps is what makes it safe against a crash or a revocation between any two of them: read the user's epoch, write
 * the session, list it if the epoch still stands, and only then let the token go out.
 */
export async function signIn<Data extends object>(
  visit: RequestVisit<Data>,
  userId: string,
  remembered: boolean,
): Promise<void> {
  checkUserId(userId);
  visit.refuseCrossSite();
  visit.refuseSealed();
  const { users } = visit.engine;
  const before = visit.held;
  const isOthers = before?.state.user !== undefined && before.state.user.id !== userId;
  const kept = isOthers ? undefined : before;
  const index = await users.begin(userId, kept?.id);
  visit.refuseSealed();
  const user = { id: userId, epoch: index.index.epoch, signedInAt: visit.engine.config.now(), remembered };
  const attempt = kept === undefined ? await beginNew(visit, user) : await signInto(visit, kept, user);
  await complete(visit, attempt, index);
  if (isOthers && before !== undefined) await endOthers(visit, before, attempt);
  if (visit.isSealed) {
    await attempt.takeBack();
    throw responseSealed();
  }
  visit.issue(attempt.held);
  visit.engine.noteRaised(attempt.held.id, attempt.held.state.generation);
  visit.emit({ type: 'signed-in', remembered });
}

/** A sign-in that is written, but not listed yet and without a token on its way. */
interface Attempt {
  readonly held: Held;
  readonly user: SignedIn;
  /** Undoes it: the visitor's earlier token opens what it opened before. */
  takeBack(): Promise<void>;
}

/** Lists the session, or takes the sign-in back. */
async function complete(visit: RequestVisit<object>, attempt: Attempt, index: ReadIndex): Promise<void> {
  const { users, config } = visit.engine;
  const { held, user } = attempt;
  let answer: 'listed' | 'revoked' | 'full';
  try {
    answer = await users.add(user.id, { id: held.id, epoch: user.epoch }, held.state.absoluteDeadline, index);
  } catch (error) {
    // The failure is what the caller must learn of; a second one while undoing adds nothing to it.
    await attempt.takeBack().catch(() => {});
    throw error;
  }
  if (answer === 'listed' && !visit.isSealed) return;
  if (answer === 'revoked') {
    await users.end(user.id, held.id, 'revoke-user');
    throw signInRevoked();
  }
  await attempt.takeBack();
  throw answer === 'full' ? userLimit(config.maxPerUser) : responseSealed();
}

/** Starts a session with a new ID and the initial data. */
async function beginNew<Data extends object>(visit: RequestVisit<Data>, user: SignedIn): Promise<Attempt> {
  const held = await create(visit, checkedJson(visit, visit.initialData()), user);
  const { users } = visit.engine;
  return {
    held,
    user,
    takeBack: () => users.drop(user.id, held.id, 'sign-in'),
  };
}

/** Signs into the session that the visitor has: the ID and the data stay, every earlier secret is dead. */
async function signInto(visit: RequestVisit<object>, before: Held, user: SignedIn): Promise<Attempt> {
  const { config, writer, users } = visit.engine;
  const secret = drawSecret(config.randomBytes);
  const timeouts = timeoutsOf(config, user);
  // An admission of its own: should undoing fail, the visit must not go on with a session that is signed in but not listed.
  const admission: Admission = { ...before.admission };
  const change: Change<SessionState> = {
    admission,
    ends: false,
    apply: (earlier, now) => ({
      kind: 'write',
      state: signedIn(earlier, {
        now,
        secretHash: hashSecret(secret),
        timeouts,
        client: visit.look(),
        observed: remembering(earlier.observed, visit.observe()),
        user: { ...user, signedInAt: now },
      }),
      result: earlier,
    }),
  };
  const { result: earlier, state, base } = await writer.write(before.id, before.base, change);
  const held: Held = { id: before.id, secret, admission, state, base };
  return {
    held,
    user,
    takeBack: async () => {
      await writer.write(held.id, held.base, {
        admission: held.admission,
        ends: true,
        apply: ({ writes }, now) => ({
          kind: 'write',
          state: { ...touched(earlier, now, timeoutsOf(config, earlier.user)), writes },
          result: undefined,
        }),
      });
      if (earlier.user === undefined) await users.prune(user.id, [held.id]);
    },
  };
}

/** Ends the session of the user who was signed in before: it must not be carried over to somebody else. */
async function endOthers(visit: RequestVisit<object>, before: Held, attempt: Attempt): Promise<void> {
  const { user } = before.state;
  if (user === undefined) return;
  const { users } = visit.engine;
  try {
    await users.drop(user.id, before.id, 'sign-in');
  } catch (error) {
    await attempt.takeBack().catch(() => {});
    throw error;
  }
}

function signInRevoked(): SessionError {
  return new SessionError(
    'ERR_SIGN_IN_REVOKED',
    "All of the user's sessions were revoked while this sign-in was under way, so the session that it signed in was ended too. Whoever it is may sign in again.",
  );
}
