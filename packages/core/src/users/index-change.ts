import { addSession, type ListedSession, raiseEpoch, removeSessions, type UserIndex } from './user-index.ts';

/** One change of a user's index. Applying it twice must do no harm: a call that waited too long for another repeats it itself. */
export type IndexChange =
  /** Lists a session that signed in, and makes room for it. */
  | { readonly kind: 'add'; readonly session: ListedSession; readonly until: number }
  /** Lists a session that is to replace `before`. Makes no room, since the two are never served at once. */
  | {
      readonly kind: 'succeed';
      readonly before: string;
      readonly session: ListedSession;
      readonly until: number;
    }
  /** Asks whether a session would be refused for the limit, and changes nothing. */
  | { readonly kind: 'ask'; readonly id: string | undefined }
  /** Removes what is dead: `dead` for certain, `ids` if their records say so. */
  | { readonly kind: 'remove'; readonly dead: readonly string[]; readonly ids: readonly string[] }
  /** Begins a new epoch. */
  | { readonly kind: 'revoke'; readonly except: string | undefined; readonly until: number }
  /** Raises the epoch to one that a session has seen, after a store has lost it. */
  | { readonly kind: 'restore'; readonly epoch: number };

/** What a listed session's record says: nothing for one that cannot be read. */
export type Fate =
  | { readonly kind: 'live'; readonly lastUsedAt: number }
  | { readonly kind: 'dead' | 'unreadable' };

/** How many sessions a user may have, and what happens beyond. */
export interface UserLimit {
  readonly maxPerUser: number;
  readonly onExceed: 'end-oldest' | 'refuse';
}

/** The result of one change: `revoked` if the session belongs to an earlier epoch, `full` if it was refused for the limit. */
export interface IndexResult {
  readonly kind: 'done' | 'revoked' | 'full';
  /** The index right after this change. */
  readonly index: UserIndex;
}

/** The result of several changes, applied in order. */
export interface IndexFold {
  readonly index: UserIndex;
  readonly isChanged: boolean;
  readonly results: readonly IndexResult[];
  /** The live sessions to end before the index is written, the longest unused first. */
  readonly victims: readonly string[];
}

/** A list of more than so many times `maxPerUser` is examined even if no room is needed. */
const MAX_LENGTH_FACTOR = 2;

/** Lists the sessions whose records must be read before `foldIndex` can apply the changes. */
export function toExamine(
  { sessions }: UserIndex,
  changes: readonly IndexChange[],
  { maxPerUser }: UserLimit,
): readonly string[] {
  // The usual sign-in: there is room for everyone, and nothing is to be removed.
  if (sessions.length + changes.length <= maxPerUser && changes.every(({ kind }) => kind !== 'remove'))
    return [];
  const listed = new Set(sessions.map(({ id }) => id));
  const wanted = new Set(listed);
  const adding = new Set<string>();
  let asked = 0;
  for (const change of changes) {
    if (change.kind === 'add') adding.add(change.session.id);
    else if (change.kind === 'ask' && (change.id === undefined || !listed.has(change.id))) asked = 1;
  }
  for (const id of adding) wanted.add(id);
  const isFull = (adding.size > 0 || asked > 0) && wanted.size + asked > maxPerUser;
  const grows = changes.some(({ kind }) => kind === 'add' || kind === 'succeed');
  const isLong = grows && listed.size > maxPerUser * MAX_LENGTH_FACTOR;
  // Those that are listed and signing in again too: they keep their places.
  if (isFull || isLong) return [...listed];
  const named = changes.flatMap((change) => (change.kind === 'remove' ? change.ids : []));
  return [...new Set(named)].filter((id) => listed.has(id) && !adding.has(id));
}

/** Applies changes in order. The fates of all sessions that `toExamine` lists must be known. */
export function foldIndex(
  start: UserIndex,
  changes: readonly IndexChange[],
  fates: ReadonlyMap<string, Fate>,
  limit: UserLimit,
): IndexFold {
  let index = withoutDead(start, fates);
  const added = new Map<string, number>();
  const applied = changes.map((change): IndexResult => {
    const [kind, next] = apply(index, change, fates, added, limit);
    index = next;
    return { kind, index };
  });
  const victims = limit.onExceed === 'end-oldest' ? longestUnused(index, fates, added, limit) : [];
  if (victims.length > 0) index = removeSessions(index, new Set(victims));
  return { index, isChanged: differs(start, index), results: applied, victims };
}

function apply(
  index: UserIndex,
  change: IndexChange,
  fates: ReadonlyMap<string, Fate>,
  added: Map<string, number>,
  limit: UserLimit,
): [IndexResult['kind'], UserIndex] {
  switch (change.kind) {
    case 'ask':
      return [isFull(index, change.id, fates, added, limit) ? 'full' : 'done', index];
    case 'add': {
      const { session, until } = change;
      if (session.epoch !== index.epoch) return ['revoked', index];
      // It ended, perhaps for the limit at an earlier attempt of this batch.
      if (fates.get(session.id)?.kind === 'dead') return ['done', index];
      if (isFull(index, session.id, fates, added, limit)) return ['full', index];
      added.set(session.id, added.size);
      return ['done', addSession(index, session, until)];
    }
    case 'succeed': {
      const { before, session, until } = change;
      const epoch = index.sessions.find(({ id }) => id === before)?.epoch ?? session.epoch;
      if (epoch !== index.epoch) return ['revoked', index];
      return ['done', addSession(index, { id: session.id, epoch }, until)];
    }
    case 'remove':
      return ['done', removeSessions(index, new Set(change.dead))];
    case 'revoke':
      return ['done', raiseEpoch(index, change.except, change.until)];
    case 'restore':
      return ['done', { ...index, epoch: Math.max(index.epoch, change.epoch) }];
  }
}

function withoutDead(index: UserIndex, fates: ReadonlyMap<string, Fate>): UserIndex {
  if (fates.size === 0) return index;
  const dead = index.sessions.filter(({ id }) => fates.get(id)?.kind === 'dead').map(({ id }) => id);
  return removeSessions(index, new Set(dead));
}

/** Tells whether a user has no room for one more live session besides `id`. Never with `end-oldest`, which makes room. */
function isFull(
  { sessions }: UserIndex,
  id: string | undefined,
  fates: ReadonlyMap<string, Fate>,
  added: ReadonlyMap<string, number>,
  { maxPerUser, onExceed }: UserLimit,
): boolean {
  if (onExceed === 'end-oldest') return false;
  const others = sessions.filter(
    (each) => each.id !== id && (added.has(each.id) || fates.get(each.id)?.kind === 'live'),
  );
  return others.length >= maxPerUser;
}

/** Picks the sessions beyond the limit, the longest unused first. Those that are being added were used last. */
function longestUnused(
  { sessions }: UserIndex,
  fates: ReadonlyMap<string, Fate>,
  added: ReadonlyMap<string, number>,
  { maxPerUser }: UserLimit,
): readonly string[] {
  if (added.size === 0 || sessions.length <= maxPerUser) return [];
  const uses = sessions.flatMap(({ id }) => {
    const order = added.get(id);
    if (order !== undefined) return [{ id, lastUsedAt: Number.POSITIVE_INFINITY, order }];
    const fate = fates.get(id);
    return fate?.kind === 'live' ? [{ id, lastUsedAt: fate.lastUsedAt, order: -1 }] : [];
  });
  const byUse = (a: (typeof uses)[number], b: (typeof uses)[number]) =>
    a.lastUsedAt === b.lastUsedAt ? a.order - b.order : a.lastUsedAt - b.lastUsedAt;
  return uses
    .sort(byUse)
    .slice(0, Math.max(0, uses.length - maxPerUser))
    .map(({ id }) => id);
}

function differs(a: UserIndex, b: UserIndex): boolean {
  return (
    a.epoch !== b.epoch ||
    a.expiresAt < b.expiresAt ||
    a.sessions.length !== b.sessions.length ||
    a.sessions.some(({ id, epoch }, i) => b.sessions[i]?.id !== id || b.sessions[i]?.epoch !== epoch)
  );
}
