import type { Awaitable } from '../common/awaitable.ts';
import { andThen } from '../common/awaitable.ts';
import type { Json } from '../common/json.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { type Accepted, judge, type Verdict } from '../session/admission.ts';
import { CLOCK_TOLERANCE } from '../session/expiry.ts';
import type { Ended } from '../session/session-types.ts';
import { deriveCandidates, hashSecret, type Token } from '../session/token.ts';
import type { StoreRecord } from '../store/store.ts';
import type { RequestContext } from './request-context.ts';

/** What a well-formed token turned out to be. */
export type Resolution = Opened | Rejected;

/** A token that opens a session. */
export interface Opened {
  readonly kind: 'opened';
  /** The presented token, or the one derived from it for a successor. */
  readonly token: Token;
  readonly match: Accepted;
  readonly snapshot: Snapshot;
  /** Set if this session is the successor of a finished one, with the receipt of that one. */
  readonly handedOver: { readonly receipt: Json | undefined } | undefined;
}

/** A token that opens no session, and why. */
export interface Rejected {
  readonly kind: 'rejected';
  readonly reason: Ended;
  readonly receipt?: Json | undefined;
}

/**
 * Finds out what a token opens. Reads the record unless it is passed in. Deletes the record if its deadline has passed or if reuse shows that the token
 * was stolen; writes nothing else.
 */
export function resolveToken(
  context: RequestContext<object>,
  token: Token,
  known?: StoreRecord,
): Awaitable<Resolution> {
  return andThen(known ?? context.deps.port.read(token.id), (record) => judgeRecord(context, token, record));
}

/** Judges a token by its record. */
function judgeRecord(
  context: RequestContext<object>,
  token: Token,
  record: StoreRecord | undefined,
): Awaitable<Resolution> {
  const { config, records } = context.deps;
  if (record === undefined) return rejected('unknown');
  const now = config.now();
  const decoded = records.decode(record);
  if (decoded === undefined) return rejected('unreadable');
  const { state } = decoded;
  const snapshot: Snapshot = { record, state, seenAt: now, decoded };
  const verdict = judge(state, {
    hash: hashSecret(token.secret),
    openedAt: arrival(context, now),
    now,
    renewalGrace: config.renewalGrace,
    client: () => context.client(),
  });
  switch (verdict.kind) {
    case 'open':
      return { kind: 'opened', token, match: verdict.match, snapshot, handedOver: undefined };
    case 'unknown':
      return rejected('unknown');
    case 'finished':
      return andThen(
        resolveSuccessor(context, token, snapshot),
        (successor) => successor ?? rejected('finished', state.finish?.receipt),
      );
    case 'expired':
      return deleteExpired(context, token, snapshot, verdict);
    case 'retired':
      return rejectRetired(context, token, snapshot, verdict);
  }
}

/** Deletes a record whose deadline has passed, before the visitor is told. */
async function deleteExpired(
  context: RequestContext<object>,
  token: Token,
  { record, state }: Snapshot,
  { reason, accepted }: Extract<Verdict, { kind: 'expired' }>,
): Promise<Resolution> {
  const deleted = await context.deps.port.delete(token.id, record);
  if (typeof deleted === 'object') return resolveToken(context, token, deleted);
  if (deleted === 'deleted' && state.finish === undefined) {
    context.emit({ type: 'expired', reason }, state, token.id);
  }
  return rejected(accepted && state.finish === undefined ? reason : 'unknown');
}

/** Rejects a retired token. If somebody else certainly has a copy of it, the session ends for both. */
async function rejectRetired(
  context: RequestContext<object>,
  token: Token,
  { record, state }: Snapshot,
  { stolen }: Extract<Verdict, { kind: 'retired' }>,
): Promise<Resolution> {
  if (stolen) {
    const deleted = await context.deps.port.delete(token.id, record);
    if (typeof deleted === 'object') return resolveToken(context, token, deleted);
    context.deps.generations.noteEnded(token.id);
  }
  context.emit({ type: 'reused', ended: stolen }, state, token.id);
  return rejected('retired');
}

/** Resolves the successor of a finished session, for a client that repeats within the grace the token that the session was finished with. */
function resolveSuccessor(
  context: RequestContext<object>,
  token: Token,
  { state }: Snapshot,
): Awaitable<Opened | undefined> {
  const { finish } = state;
  if (finish?.successor === undefined) return undefined;
  const { now, renewalGrace } = context.deps.config;
  if (arrival(context, now()) - finish.at > renewalGrace) return undefined;
  const { id, nonce } = finish.successor;
  const secrets = deriveCandidates(token.secret, nonce, context.deps.config.signingKeys);
  return andThen(resolveFirst(context, id, secrets), (resolution) =>
    resolution.kind === 'opened' ? { ...resolution, handedOver: { receipt: finish.receipt } } : undefined,
  );
}

/** Resolves the first of several secrets that opens a session. */
function resolveFirst(
  context: RequestContext<object>,
  id: string,
  [secret, ...others]: readonly [string, ...string[]],
): Awaitable<Resolution> {
  const [next, ...rest] = others;
  return andThen(resolveToken(context, { id, secret }), (resolution) =>
    resolution.kind === 'opened' || next === undefined
      ? resolution
      : resolveFirst(context, id, [next, ...rest]),
  );
}

/**
 * Returns the moment from which a request is judged. A slow one is judged by when it arrived, but one that was held open for longer than the grace is not: a
 * stolen token would stay valid for as long as somebody sends a body slowly.
 */
function arrival({ deps, openedAt }: RequestContext<object>, now: number): number {
  return Math.max(openedAt, now - deps.config.renewalGrace - CLOCK_TOLERANCE);
}

/** Makes the resolution of a token that opens no session. */
export function rejected(reason: Ended, receipt?: Json): Rejected {
  return { kind: 'rejected', reason, receipt };
}
