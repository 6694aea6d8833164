import { SessionError } from '../common/errors.ts';
import type { DeepReadonly, Json } from '../common/json.ts';
import { randomText } from '../common/random.ts';
import { saysEnded, saysUnknown, sessionEnded } from '../records/change.ts';
import { checkSize, dataToJson, deepFreeze, freeze } from '../session/data.ts';
import { hasPassed } from '../session/expiry.ts';
import { finished } from '../session/lifecycle.ts';
import type { SignedIn } from '../session/session-state.ts';
import { deriveSecret } from '../session/token.ts';
import { type CurrentSession, currentSession, withNewestSecret } from './current-session.ts';
import { create } from './grant.ts';
import type { RequestContext } from './request-context.ts';
import { resolveToken } from './resolve-token.ts';

const NONCE_BYTES = 12;

/** A receipt as `finish` takes it: a value, or a function of the data that is finished. */
export type ReceiptSource<Data> = Json | ((data: DeepReadonly<Data>) => Json) | undefined;

/** The session that the user continues with: written and listed, but not yet known to any client. */
interface Successor {
  readonly session: CurrentSession;
  readonly nonce: string;
  readonly user: SignedIn;
}

/** Ends the session because its goal is met. Resolves to true for the one caller that ended it. */
export async function finish<Data extends object>(
  context: RequestContext<Data>,
  receipt: ReceiptSource<Data>,
  keepUser: boolean,
): Promise<boolean> {
  context.refuseCrossSite();
  const { current, deps } = context;
  if (current === undefined) return false;
  // The request meant the session of its token, which is finished. It was handed the successor, whose end nobody has asked for.
  if (context.ended?.reason === 'finished' && current.isNew !== true) return false;
  const user = keepUser ? current.state.user : undefined;
  if (user !== undefined) context.refuseSealed();
  const successor = user && (await prepareSuccessor(context, current, user));
  if (successor === 'revoked') return lose(context, current);
  try {
    const { result } = await deps.writer.write(current.id, current.base, {
      admission: current.admission,
      ends: true,
      apply: (before, now) => {
        const kept = receiptOf(context, receipt, before.data);
        const next = successor && { id: successor.session.id, nonce: successor.nonce };
        return {
          kind: 'write',
          state: finished(before, { at: now, receipt: kept, successor: next }),
          result: { kept, device: before.device },
        };
      },
    });
    deps.generations.noteEnded(current.id);
    context.emit({ type: 'finished', successorId: successor?.session.id });
    context.clearCurrent();
    context.noteEnded('finished', result.kept);
    if (successor !== undefined) {
      const { session } = successor;
      const carried = deps.config.deviceBinding?.carryOver(context, session, result.device);
      context.issue(carried === undefined ? session : await carried);
      // The session has ended whether or not this succeeds: a later read of the index removes its ID too.
      await deps.users.unlist(successor.user.id, [current.id]).catch(() => {});
    }
    return true;
  } catch (error) {
    // If the outcome is unknown, the session may be finished and another request may have been handed the successor.
    const isUnfinished = !saysUnknown(error);
    if (successor !== undefined && isUnfinished) await endSuccessor(context, successor).catch(() => {});
    if (!saysEnded(error)) throw error;
    return lose(context, current);
  }
}

/** Writes and lists the successor. Its secret is derived from the presented one, so that a repeated request leads to the same successor. */
async function prepareSuccessor<Data extends object>(
  context: RequestContext<Data>,
  current: CurrentSession,
  user: SignedIn,
): Promise<Successor | 'revoked'> {
  const { config, data, users } = context.deps;
  const nonce = randomText(config.randomBytes, NONCE_BYTES);
  // The absolute deadline is inherited, so that finishing again and again does not extend it (OWASP ASVS 7.3.2).
  const session = await create(context, data.write(data.initial()), user, {
    inheritance: {
      secret: deriveSecret(current.secret, nonce, config.signingKeys),
      absoluteDeadline: current.state.absoluteDeadline,
      device: current.state.device,
    },
  });
  const successor: Successor = { session, nonce, user };
  try {
    const listing = { id: session.id, epoch: user.epoch };
    const outcome = await users.addSuccessor(user.id, current.id, listing, session.state.absoluteDeadline);
    if (outcome === 'listed') return successor;
  } catch (error) {
    await endSuccessor(context, successor).catch(() => {});
    throw error;
  }
  // All of the user's sessions are being revoked, and this one is among them.
  await endSuccessor(context, successor);
  await users.end(user.id, current.id, 'revoke-user');
  return 'revoked';
}

function endSuccessor(context: RequestContext<object>, { session, user }: Successor): Promise<void> {
  return context.deps.users.drop(user.id, session.id, 'sign-in');
}

/** Takes over what the call left that did finish the session: the receipt, and the successor if this client may have it. */
async function lose(context: RequestContext<object>, current: CurrentSession): Promise<false> {
  const resolution = await resolveToken(context, { id: current.id, secret: current.secret });
  if (resolution.kind === 'rejected') {
    // A sign-in or renew() may have replaced the secret. Then the session goes on, and `false` would say that it has ended.
    if (await isOpen(context, current.id)) throw sessionEnded();
    context.clearCurrent();
    context.noteEnded(resolution.reason, resolution.receipt);
    return false;
  }
  context.clearCurrent();
  const { token, match, snapshot, handedOver } = resolution;
  if (handedOver === undefined) throw lostWithoutReason();
  context.noteEnded('finished', handedOver.receipt);
  const successor = currentSession(token, snapshot);
  const isCurrent = match.as === 'current' && !context.isSealed;
  const newest = withNewestSecret(successor, context.deps.config.signingKeys);
  context.setCurrent(successor, isCurrent ? context.outgoingToken(newest) : undefined);
  return false;
}

/** Tells whether a session is still open, under whatever secret. */
async function isOpen({ deps }: RequestContext<object>, id: string): Promise<boolean> {
  const record = await deps.port.read(id);
  if (record === undefined) return false;
  const state = deps.records.decode(record)?.state;
  // A record that cannot be read may be open for a newer version of this software.
  return (
    state === undefined || (state.finish === undefined && !hasPassed(state.expiresAt, deps.config.now()))
  );
}

function receiptOf<Data extends object>(
  context: RequestContext<Data>,
  source: ReceiptSource<Data>,
  data: string,
): Json | undefined {
  const { config, data: reader } = context.deps;
  const receipt = typeof source === 'function' ? source(deepFreeze(reader.read(data))) : source;
  if (receipt === undefined) return undefined;
  const json = dataToJson(receipt, 'receipt');
  checkSize(json, config.maxDataBytes, 'receipt');
  const copy: Json = JSON.parse(json);
  freeze(copy);
  return copy;
}

function lostWithoutReason(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONTENTION',
    'The session could not be finished, although it is still open. Retry the request.',
  );
}
