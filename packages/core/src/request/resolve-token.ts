import type { Awaitable } from '../common/awaitable.ts';
import { andThen } from '../common/awaitable.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { judge, opensSuccessor, type Verdict, wasGoodAt } from '../session/admission.ts';
import type { NextSecret, SessionState } from '../session/session-state.ts';
import { deriveCandidates, deriveNext, type Token } from '../session/token.ts';
import type { StoreRecord } from '../store/store.ts';
import { arrival, type Found, readRecord, unknown } from './found-record.ts';
import type { RequestContext } from './request-context.ts';
import { type Opened, type Rejected, type Resolution, rejected } from './resolution.ts';

/** How many successors in a row a token leads to. More would let one token cause as many reads as its user finished sessions within the grace. */
const MAX_HOPS = 8;

/**
 * Finds out what a token opens. Reads the record unless it is passed in. Deletes the record if its deadline has passed or if reuse shows that the token
 * was stolen; writes nothing else.
 */
export function resolveToken(
  context: RequestContext<object>,
  token: Token,
  known?: StoreRecord,
): Awaitable<Resolution> {
  return follow(context, token, 0, known);
}

/** Resolves a token that so many successors have led to. */
function follow(
  context: RequestContext<object>,
  token: Token,
  hops: number,
  known?: StoreRecord,
): Awaitable<Resolution> {
  return andThen(known ?? context.deps.port.read(token.id), (record) => {
    const found = readRecord(context, token, record);
    return found.kind === 'rejected' ? found : judgeRecord(context, token, hops, found);
  });
}

/** Judges a token by its record. */
function judgeRecord(
  context: RequestContext<object>,
  token: Token,
  hops: number,
  { snapshot, presented, isParsed }: Found,
): Awaitable<Resolution> {
  const { state } = snapshot;
  const verdict = judge(state, presented);
  const isUnbound = () => !isServed(context, state, presented.openedAt);
  switch (verdict.kind) {
    case 'open':
      if (isUnbound()) return unbound(token, state);
      return { kind: 'opened', token, match: verdict.match, snapshot, handedOver: undefined };
    case 'unknown':
      return isParsed ? rejected('unknown') : unknown();
    case 'finished':
      if (state.finish?.isRevoked === true) return rejected('revoked');
      return andThen(
        resolveSuccessor(context, token, hops, snapshot, verdict.lost),
        (successor) => successor ?? (isUnbound() ? unbound(token, state) : rejectFinished(context, snapshot)),
      );
    case 'expired':
      return deleteExpired(context, token, hops, snapshot, verdict);
    case 'retired':
      // Who has only the cookie of a bound session cannot end it for its owner.
      if (isUnbound()) return unbound(token, state);
      // A request that was held open for long is no sign of a thief.
      if (wasGoodAt(state, presented.hash, context.openedAt, presented.renewalGrace)) {
        context.noteLoadedLate();
        return rejected('retired');
      }
      return rejectRetired(context, token, hops, snapshot, verdict);
  }
}

/**
 * Tells whether a session is served to a request: one that is bound to a device only with its cookie, and not at all without the option that can judge it. A transport with
 * proofs serves bound sessions only, each with a proof by its key.
 */
function isServed(context: RequestContext<object>, state: SessionState, arrivedAt: number): boolean {
  const { device } = state;
  const { transport, proof, deps } = context;
  if (transport.proofs !== undefined) {
    return device !== undefined && device.boundAt !== null && proof?.opens(device.key) === true;
  }
  if (device === undefined) return true;
  return deps.config.deviceBinding?.serves(context, state, arrivedAt) ?? device.boundAt === null;
}

function unbound({ id }: Token, state: SessionState): Rejected {
  return { ...rejected('unbound'), session: { id, state } };
}

/** Deletes a record whose deadline has passed, before the visitor is told. */
async function deleteExpired(
  context: RequestContext<object>,
  token: Token,
  hops: number,
  { record, state }: Snapshot,
  { reason, accepted }: Extract<Verdict, { kind: 'expired' }>,
): Promise<Resolution> {
  const deleted = await context.deps.port.deleteExpired(token.id, record);
  if (typeof deleted === 'object') return follow(context, token, hops, deleted);
  if (deleted === 'deleted' && state.finish === undefined) {
    context.emit({ type: 'expired', reason }, state, token.id);
  }
  return rejected(accepted && state.finish === undefined ? reason : 'unknown');
}

/** Rejects the token of a finished session. A request that was held open for too long to be handed the successor begins no session over it. */
function rejectFinished(context: RequestContext<object>, { state: { finish }, seenAt }: Snapshot): Rejected {
  if (finish?.successor !== undefined) {
    const end = finish.at + context.deps.config.renewalGrace;
    if (context.openedAt <= end && arrival(context, seenAt) > end) context.noteLoadedLate();
  }
  return rejected('finished', finish?.receipt);
}

/** Rejects a retired token. If somebody else certainly has a copy of it, the session ends for both. */
async function rejectRetired(
  context: RequestContext<object>,
  token: Token,
  hops: number,
  { record, state }: Snapshot,
  { stolen }: Extract<Verdict, { kind: 'retired' }>,
): Promise<Resolution> {
  if (stolen) {
    const deleted = await context.deps.port.delete(token.id, record);
    if (typeof deleted === 'object') return follow(context, token, hops, deleted);
    context.deps.generations.noteEnded(token.id);
  }
  context.emit({ type: 'reused', ended: stolen }, state, token.id);
  return rejected('retired');
}

/**
 * Resolves the successor of a finished session, for a client that repeats the token that the session was finished with; with `lost`, also for one that lost that
 * very token in a crash.
 */
function resolveSuccessor(
  context: RequestContext<object>,
  token: Token,
  hops: number,
  { state }: Snapshot,
  lost: NextSecret | undefined,
): Awaitable<Opened | undefined> {
  const { finish } = state;
  if (finish?.successor === undefined || hops === MAX_HOPS) return undefined;
  const { now, signingKeys, renewalGrace } = context.deps.config;
  const { id, nonce } = finish.successor;
  const finishedWith = lost && deriveNext(token.secret, lost, signingKeys);
  const secrets = [
    ...deriveCandidates(token.secret, nonce, signingKeys),
    ...(finishedWith === undefined ? [] : deriveCandidates(finishedWith, nonce, signingKeys)),
  ];
  const isLate = arrival(context, now()) - finish.at > renewalGrace;
  return andThen(
    resolveFirst(context, id, hops + 1, secrets, isLate ? recoverSuccessor : follow),
    (resolution) =>
      resolution?.kind === 'opened'
        ? { ...resolution, handedOver: { receipt: finish.receipt, presented: token } }
        : undefined,
  );
}

/** Resolves the first of several secrets that opens a session. */
function resolveFirst(
  context: RequestContext<object>,
  id: string,
  hops: number,
  [secret, ...others]: readonly string[],
  resolve: (context: RequestContext<object>, token: Token, hops: number) => Awaitable<Resolution>,
): Awaitable<Resolution | undefined> {
  if (secret === undefined) return undefined;
  return andThen(resolve(context, { id, secret }, hops), (resolution) =>
    resolution.kind === 'opened' ? resolution : resolveFirst(context, id, hops, others, resolve),
  );
}

/** Resolves a successor after the grace: for a browser that lost its token in a crash, and for nobody else. Writes nothing, whatever the record says. */
function recoverSuccessor(
  context: RequestContext<object>,
  token: Token,
  hops: number,
): Awaitable<Resolution> {
  return andThen(context.deps.port.read(token.id), (record) => {
    const found = readRecord(context, token, record);
    if (found.kind === 'rejected') return found;
    const { snapshot, presented } = found;
    const { state } = snapshot;
    if (!opensSuccessor(state, presented) || !isServed(context, state, presented.openedAt))
      return rejected('unknown');
    if (state.finish === undefined)
      return { kind: 'opened', token, match: { as: 'recovered' }, snapshot, handedOver: undefined };
    return andThen(
      resolveSuccessor(context, token, hops, snapshot, undefined),
      (opened) => opened ?? rejected('unknown'),
    );
  });
}
