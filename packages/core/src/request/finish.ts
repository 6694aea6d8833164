import { SessionError } from '../common/errors.ts';
import type { DeepReadonly, Json } from '../common/json.ts';
import { randomText } from '../common/random.ts';
import { saysEnded } from '../records/change.ts';
import { checkSize, dataToJson, deepFreeze, freeze } from '../session/data.ts';
import { finished } from '../session/lifecycle.ts';
import type { SignedIn } from '../session/session-state.ts';
import { deriveSecret } from '../session/token.ts';
import { checkedJson } from './data-change.ts';
import { examine } from './examine.ts';
import { create } from './grant.ts';
import { type Held, heldBy, type RequestVisit } from './request-context.ts';

const NONCE_BYTES = 12;

/** A receipt as `finish` takes it: a value, or a function of the very data that is finished. */
export type ReceiptSource<Data> = Json | ((data: DeepReadonly<Data>) => Json) | undefined;

/** A session that is to carry the user on, listed but unknown to everybody. */
interface Successor {
  readonly held: Held;
  readonly nonce: string;
  readonly user: SignedIn;
}

/** Ends the session because its goal is met; true for the one caller that did it. */
export async function finish<Data extends object>(
  visit: RequestVisit<Data>,
  receipt: ReceiptSource<Data>,
  keepUser: boolean,
): Promise<boolean> {
  visit.refuseCrossSite();
  const { held, engine } = visit;
  if (held === undefined) return false;
  const { user } = held.state;
  if (keepUser && user !== undefined) visit.refuseSealed();
  const successor = keepUser && user !== undefined ? await prepareSuccessor(visit, held, user) : undefined;
  if (successor === 'ended') return lose(visit, held);
  try {
    const { result, state } = await engine.writer.write(held.id, held.base, {
      admission: held.admission,
      ends: true,
      apply: (before, now) => {
        const kept = receiptFor(visit, receipt, before.data);
        const next = successor && { id: successor.held.id, nonce: successor.nonce };
        return {
          kind: 'write',
          state: finished(before, { at: now, receipt: kept, successor: next }),
          result: kept,
        };
      },
    });
    engine.noteRaised(held.id, state.generation);
    visit.emit({ type: 'finished', successorId: successor?.held.id });
    visit.letGo();
    visit.noteEnded('finished', result);
    if (successor !== undefined) visit.issue(successor.held);
    return true;
  } catch (error) {
    if (successor !== undefined) await endSuccessor(visit, successor).catch(() => {});
    if (!saysEnded(error)) throw error;
    return lose(visit, held);
  }
}

/** Writes and lists the session that carries the user on. Its secret follows from the one presented, so that a repeat of the request leads to it too. */
async function prepareSuccessor<Data extends object>(
  visit: RequestVisit<Data>,
  held: Held,
  user: SignedIn,
): Promise<Successor | 'ended'> {
  const { config, users } = visit.engine;
  const nonce = randomText(config.randomBytes, NONCE_BYTES);
  // Its time goes on: by finishing again and again nobody gets past the absolute timeout (OWASP ASVS 7.3.2).
  const carried = await create(visit, checkedJson(visit, visit.initialData()), user, {
    secret: deriveSecret(held.secret, nonce),
    absoluteDeadline: held.state.absoluteDeadline,
  });
  const successor: Successor = { held: carried, nonce, user };
  try {
    const listing = { id: carried.id, epoch: user.epoch };
    const answer = await users.addSuccessor(user.id, held.id, listing, carried.state.absoluteDeadline);
    if (answer === 'listed') return successor;
  } catch (error) {
    await endSuccessor(visit, successor).catch(() => {});
    throw error;
  }
  // A revocation of all the user's sessions has begun, and this one is among them.
  await endSuccessor(visit, successor);
  await users.end(user.id, held.id, 'revoke-user');
  return 'ended';
}

function endSuccessor(visit: RequestVisit<object>, { held, user }: Successor): Promise<void> {
  return visit.engine.users.drop(user.id, held.id, 'sign-in');
}

/** Takes up what the one who did finish left: the receipt, and the successor where this visitor may have it. */
async function lose(visit: RequestVisit<object>, held: Held): Promise<false> {
  const found = await examine(visit, { id: held.id, secret: held.secret });
  visit.letGo();
  if (found.kind === 'closed') {
    visit.noteEnded(found.reason, found.receipt);
    return false;
  }
  const { token, match, snapshot, handedOver } = found;
  if (handedOver === undefined) throw lostWithoutReason();
  visit.noteEnded('finished', handedOver.receipt);
  const next = heldBy(token, snapshot);
  const isCurrent = match.as === 'current' && !visit.isSealed;
  visit.hold(next, isCurrent ? visit.outgoingFor(next, false) : undefined);
  return false;
}

function receiptFor<Data extends object>(
  visit: RequestVisit<Data>,
  source: ReceiptSource<Data>,
  data: string,
): Json | undefined {
  const receipt = typeof source === 'function' ? source(deepFreeze(visit.readData(data))) : source;
  if (receipt === undefined) return undefined;
  const json = dataToJson(receipt, 'receipt');
  checkSize(json, visit.engine.config.maxDataBytes, 'receipt');
  const copy: Json = JSON.parse(json);
  freeze(copy);
  return copy;
}

function lostWithoutReason(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONTENTION',
    'The session could not be finished, though it is still open. Try the request again.',
  );
}
