import type { Config } from '../config/config.ts';
import { type Change, type Changed, saysEnded } from '../records/change.ts';
import type { SessionWriter } from '../records/session-writer.ts';
import type { SessionEvent } from '../session/events.ts';
import { inEpoch } from '../session/lifecycle.ts';
import type { SessionState } from '../session/session-state.ts';
import type { StorePort } from '../store/store-port.ts';
import { ListedSessions, type LivingSession } from './listed-sessions.ts';
import {
  addSession,
  type ListedSession,
  raiseEpoch,
  removeSessions,
  type UserIndex,
  userLimit,
} from './user-index.ts';
import { indexContention, MAX_INDEX_ATTEMPTS, type ReadIndex, UserIndexStore } from './user-index-store.ts';

/** Why a session was ended from outside. */
export type RevokedBy = Extract<SessionEvent, { type: 'revoked' }>['by'];

/** What the sessions of users need of their surroundings. */
export interface UserSessionsDeps {
  readonly config: Pick<Config<object>, 'now' | 'randomBytes' | 'maxPerUser' | 'onExceed'>;
  readonly port: StorePort;
  readonly writer: SessionWriter;
  readonly onRevoked: (id: string, userId: string, by: RevokedBy) => void;
  readonly onExpired: (id: string, state: SessionState) => void;
}

/**
 * Keeps each user's list of sessions. A record is written before its ID is listed, and an ID leaves the list only after its record is
 * dead: so whatever is alive is listed, and what is listed but dead may be pruned at any time.
 */
export class UserSessions {
  readonly #deps: UserSessionsDeps;
  readonly #indexes: UserIndexStore;
  readonly #listed: ListedSessions;

  constructor(deps: UserSessionsDeps) {
    const { port, config, onExpired } = deps;
    this.#deps = deps;
    this.#indexes = new UserIndexStore(port, config.randomBytes);
    this.#listed = new ListedSessions(port, config.now, onExpired);
  }

  /** Begins a sign-in: reads the user's index, and with `refuse` fails with `ERR_USER_LIMIT` where the user has `max` living sessions besides `id`. */
  async begin(userId: string, id: string | undefined): Promise<ReadIndex> {
    const read = await this.#indexes.read(userId);
    const { maxPerUser, onExceed } = this.#deps.config;
    const others = othersIn(read.index, id);
    if (onExceed === 'refuse' && others.length >= maxPerUser) {
      const { living } = await this.#listed.examine(userId, others);
      if (living.length >= maxPerUser) throw userLimit(maxPerUser);
    }
    return read;
  }

  /**
   * Lists a session whose record is written, if the epoch of its sign-in is still the user's. Makes room before, where there are too many. The first
   * attempt starts from the index as `begin` read it: where it is still the same version, so is its epoch.
   */
  async add(
    userId: string,
    session: ListedSession,
    until: number,
    known?: ReadIndex,
  ): Promise<'listed' | 'revoked' | 'full'> {
    const { maxPerUser, onExceed } = this.#deps.config;
    for (let attempt = 1; attempt <= MAX_INDEX_ATTEMPTS; attempt += 1) {
      const read = attempt === 1 && known !== undefined ? known : await this.#indexes.read(userId);
      if (read.index.epoch !== session.epoch) return 'revoked';
      const others = othersIn(read.index, session.id);
      const dead = new Set<string>();
      if (others.length >= maxPerUser) {
        const examined = await this.#listed.examine(userId, others);
        for (const id of examined.dead) dead.add(id);
        const excess = examined.living.length - maxPerUser + 1;
        if (excess > 0 && onExceed === 'refuse') return 'full';
        for (const { id } of longestUnused(examined.living, excess)) {
          await this.end(userId, id, 'limit');
          dead.add(id);
        }
      }
      if (
        await this.#indexes.write(userId, read, addSession(removeSessions(read.index, dead), session, until))
      )
        return 'listed';
    }
    throw indexContention();
  }

  /**
   * Lists a session that is to take the place of `before`, which goes on counting until it is dead. No room is made, since the two are never served
   * at once. `revoked` where `before` belongs to an earlier epoch.
   */
  async addSuccessor(
    userId: string,
    before: string,
    session: ListedSession,
    until: number,
  ): Promise<'listed' | 'revoked'> {
    let answer: 'listed' | 'revoked' = 'revoked';
    await this.#indexes.change(userId, (index) => {
      const epoch = index.sessions.find(({ id }) => id === before)?.epoch ?? session.epoch;
      answer = epoch === index.epoch ? 'listed' : 'revoked';
      return answer === 'listed' ? addSession(index, { id: session.id, epoch }, until) : undefined;
    });
    return answer;
  }

  /**
   * Takes those of the sessions off the list whose records are dead. The record is read after the index and the index written over just that
   * version: a session that is signed in and listed again meanwhile stays.
   */
  async prune(userId: string, ids: readonly string[]): Promise<UserIndex> {
    for (let attempt = 1; attempt <= MAX_INDEX_ATTEMPTS; attempt += 1) {
      const read = await this.#indexes.read(userId);
      const { dead } = await this.#listed.examine(
        userId,
        read.index.sessions.filter(({ id }) => ids.includes(id)),
      );
      const next = removeSessions(read.index, new Set(dead));
      if (dead.length === 0 || (await this.#indexes.write(userId, read, next))) return next;
    }
    throw indexContention();
  }

  /**
   * Looks whether a session may go on whose token was just confirmed: lists it again where the store has lost that, and says `revoked` where it
   * belongs to an earlier epoch.
   */
  async verifyListed(userId: string, id: string, state: SessionState): Promise<'fine' | 'revoked'> {
    const epoch = state.user?.epoch ?? 0;
    const { index } = await this.#indexes.read(userId);
    const entry = index.sessions.find((each) => each.id === id);
    if (entry?.epoch === index.epoch) return 'fine';
    if (epoch < index.epoch) return 'revoked';
    if (epoch > index.epoch)
      await this.#indexes.change(userId, (current) => ({
        ...current,
        epoch: Math.max(current.epoch, epoch),
      }));
    return (await this.add(userId, { id, epoch }, state.absoluteDeadline)) === 'listed' ? 'fine' : 'revoked';
  }

  /** Reads the living sessions of a user in the order of their sign-ins, and prunes the dead where nobody comes between. */
  async living(userId: string): Promise<readonly LivingSession[]> {
    const read = await this.#indexes.read(userId);
    const { living, dead } = await this.#listed.examine(userId, read.index.sessions);
    if (dead.length > 0) await this.#indexes.write(userId, read, removeSessions(read.index, new Set(dead)));
    return living;
  }

  /** Ends one session of a user; false where it is not alive or another user's. It stays listed until somebody prunes it. */
  async end(userId: string, id: string, by: RevokedBy): Promise<boolean> {
    const ended = await this.#change(userId, id, () => ({ kind: 'delete', result: true }));
    if (ended) this.#deps.onRevoked(id, userId, by);
    return ended;
  }

  /** Ends one session of a user and takes it off the list. */
  async drop(userId: string, id: string, by: RevokedBy): Promise<void> {
    await this.end(userId, id, by);
    await this.prune(userId, [id]);
  }

  /** Ends all sessions of a user but `except`, begins a new epoch so that no sign-in under way completes, and counts the ended. */
  async endAll(userId: string, except: string | undefined, until: number): Promise<number> {
    let index = await this.#indexes.change(userId, (current) => raiseEpoch(current, except, until));
    const { epoch } = index;
    const isCarried = index.sessions.some((each) => each.id === except && each.epoch === epoch);
    if (except !== undefined && isCarried) {
      await this.#change(userId, except, (state) => ({
        kind: 'write',
        state: inEpoch(state, epoch),
        result: true,
      }));
    }
    let count = 0;
    const tried = new Set<string>();
    for (;;) {
      const going = index.sessions
        .filter((each) => each.epoch < epoch && !tried.has(each.id))
        .map(({ id }) => id);
      if (going.length === 0) return count;
      for (const id of going) {
        tried.add(id);
        if (await this.end(userId, id, 'revoke-user')) count += 1;
      }
      index = await this.prune(userId, going);
    }
  }

  /** Changes one session of a user from outside of every visit, as persistently as what ends one; false where it is not alive or another user's. */
  async #change(userId: string, id: string, apply: (state: SessionState) => Changed<true>): Promise<boolean> {
    const change: Change<boolean> = {
      admission: undefined,
      ends: true,
      apply: (state) => (state.user?.id === userId ? apply(state) : { kind: 'keep', result: false }),
    };
    try {
      return (await this.#deps.writer.write(id, undefined, change)).result;
    } catch (error) {
      if (saysEnded(error)) return false;
      throw error;
    }
  }
}

function othersIn(index: UserIndex, id: string | undefined): readonly ListedSession[] {
  return index.sessions.filter((each) => each.id !== id);
}

function longestUnused(living: readonly LivingSession[], count: number): readonly LivingSession[] {
  if (count <= 0) return [];
  return [...living].sort((a, b) => a.state.lastUsedAt - b.state.lastUsedAt).slice(0, count);
}
