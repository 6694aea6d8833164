import type { Config } from '../config/config.ts';
import { type Change, type Changed, saysEnded } from '../records/change.ts';
import { revoke } from '../records/revoke.ts';
import type { SessionWriter } from '../records/session-writer.ts';
import type { Snapshot } from '../records/snapshot.ts';
import type { SessionEvent } from '../session/events.ts';
import { LIMIT_TOLD, REVOCATION_TOLD } from '../session/expiry.ts';
import { inEpoch } from '../session/lifecycle.ts';
import type { SessionState } from '../session/session-state.ts';
import type { StorePort } from '../store/store-port.ts';
import type { IndexResult } from './index-change.ts';
import { IndexWriter } from './index-writer.ts';
import { ListedSessions, type LiveSession } from './listed-sessions.ts';
import { type ListedSession, removeSessions, type UserIndex, userLimit } from './user-index.ts';
import { type ReadIndex, UserIndexStore } from './user-index-store.ts';

/** Why a session was ended from outside. */
export type RevokedBy = Extract<SessionEvent, { type: 'revoked' }>['by'];

/** What the sessions of users depend on. */
export interface UserSessionsDeps {
  readonly config: Pick<Config<object>, 'now' | 'randomBytes' | 'maxPerUser' | 'onExceed'>;
  readonly port: StorePort;
  readonly writer: SessionWriter;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly isolatesRequests: boolean;
  readonly onRevoked: (id: string, userId: string, by: RevokedBy) => void;
  readonly onExpired: (id: string, state: SessionState) => void;
}

/**
 * Keeps the index of each user's sessions. A record is written before its ID is listed, and an ID is removed only after its record is dead: so every
 * live session is listed, and a dead one may be removed at any time.
 */
export class UserSessions {
  readonly #deps: UserSessionsDeps;
  readonly #indexes: UserIndexStore;
  readonly #listed: ListedSessions;
  readonly #writer: IndexWriter;

  constructor(deps: UserSessionsDeps) {
    const { port, config, wait, isolatesRequests, onExpired } = deps;
    const { now, randomBytes } = config;
    this.#deps = deps;
    this.#indexes = new UserIndexStore(port, randomBytes);
    this.#listed = new ListedSessions({ port, now, wait, onExpired });
    this.#writer = new IndexWriter({
      config,
      now,
      wait,
      isolatesRequests,
      indexes: this.#indexes,
      listed: this.#listed,
      end: (userId, id, base) => this.end(userId, id, 'limit', base),
    });
  }

  /**
   * Begins a sign-in: reads the user's index.
   *
   * @throws `ERR_USER_LIMIT` with `onExceed: 'refuse'`, if the user has `max` live sessions besides `id`.
   */
  async begin(userId: string, id: string | undefined): Promise<ReadIndex> {
    const read = await this.#indexes.read(userId);
    const { maxPerUser, onExceed } = this.#deps.config;
    const others = read.index.sessions.filter((each) => each.id !== id);
    if (onExceed === 'refuse' && others.length >= maxPerUser) {
      const { kind } = await this.#writer.write(userId, { kind: 'ask', id });
      if (kind === 'full') throw userLimit(maxPerUser);
    }
    return read;
  }

  /**
   * Lists a session whose record is written, if the epoch of its sign-in is still the user's, and makes room for it. The first attempt starts from the
   * index that `begin` returned: if that is still the current version, so is its epoch.
   */
  async add(
    userId: string,
    session: ListedSession,
    until: number,
    known?: ReadIndex,
  ): Promise<'listed' | 'revoked' | 'full'> {
    const { kind } = await this.#writer.write(userId, { kind: 'add', session, until }, known);
    return kind === 'done' ? 'listed' : kind;
  }

  /**
   * Lists a session that is to replace `before`, which counts until it is dead. Makes no room, since the two are never served at once. `revoked` if
   * `before` belongs to an earlier epoch.
   */
  async addSuccessor(
    userId: string,
    before: string,
    session: ListedSession,
    until: number,
  ): Promise<'listed' | 'revoked'> {
    const { kind } = await this.#writer.write(userId, { kind: 'succeed', before, session, until });
    return kind === 'done' ? 'listed' : 'revoked';
  }

  /** Removes sessions from the index whose records are certainly dead. */
  async unlist(userId: string, dead: readonly string[]): Promise<UserIndex> {
    return (await this.#writer.write(userId, { kind: 'remove', dead, ids: [] })).index;
  }

  /** Removes those of the sessions from the index whose records are dead, or without this user. */
  async prune(userId: string, ids: readonly string[]): Promise<UserIndex> {
    return (await this.#writer.write(userId, { kind: 'remove', dead: [], ids })).index;
  }

  /**
   * Decides whether a session may go on whose token was just confirmed. Lists it again if the store has lost that; `revoked` if it belongs to an
   * earlier epoch.
   */
  async verifyListed(userId: string, id: string, state: SessionState): Promise<'fine' | 'revoked'> {
    const epoch = state.user?.epoch ?? 0;
    const { index } = await this.#indexes.read(userId);
    const entry = index.sessions.find((each) => each.id === id);
    if (entry?.epoch === index.epoch) return 'fine';
    if (epoch < index.epoch) return 'revoked';
    if (epoch > index.epoch) await this.#writer.write(userId, { kind: 'restore', epoch });
    return (await this.add(userId, { id, epoch }, state.absoluteDeadline)) === 'listed' ? 'fine' : 'revoked';
  }

  /** Reads the live sessions of a user in the order of their sign-ins, and removes the dead from the index unless another writer comes between. */
  async live(userId: string): Promise<readonly LiveSession[]> {
    const read = await this.#indexes.read(userId);
    const ids = read.index.sessions.map(({ id }) => id);
    const { live, dead, foreign } = await this.#listed.examine(userId, ids);
    const gone = new Set([...dead, ...foreign]);
    if (gone.size > 0) await this.#indexes.write(read, removeSessions(read.index, gone));
    return live;
  }

  /**
   * Ends one session of a user; false if it is not alive or another user's. It stays listed until it is removed. Its record stays without data, to tell its visitor
   * of the revocation; it goes if the visitor's own browser signed another user in. `base` is its record, if known.
   */
  async end(userId: string, id: string, by: RevokedBy, base?: Snapshot): Promise<boolean> {
    const change = (apply: (state: SessionState, now: number) => Changed<true>) =>
      this.#change(userId, id, apply, base);
    const ended =
      by === 'sign-in'
        ? (await change(() => ({ kind: 'delete', result: true }))) === true
        : await revoke(change, by === 'limit' ? LIMIT_TOLD : REVOCATION_TOLD);
    if (ended) this.#deps.onRevoked(id, userId, by);
    return ended;
  }

  /** Ends one session of a user and removes it from the index. */
  async drop(userId: string, id: string, by: RevokedBy): Promise<void> {
    if (await this.end(userId, id, by)) await this.unlist(userId, [id]);
    else await this.prune(userId, [id]);
  }

  /** Begins a new epoch, so that no sign-in under way completes; ends all sessions of a user except `except`, and counts them. */
  async endAll(userId: string, except: string | undefined, until: number): Promise<number> {
    const begun = await this.#writer.write(userId, { kind: 'revoke', except, until });
    const { epoch } = begun.index;
    await this.#carryOver(userId, except, begun);
    let count = 0;
    let { index } = begun;
    const tried = new Set<string>();
    for (;;) {
      const going = index.sessions.filter((each) => each.epoch < epoch && !tried.has(each.id));
      if (going.length === 0) return count;
      const ids = going.map(({ id }) => id);
      for (const id of ids) tried.add(id);
      const ended = await this.#listed.inSlices(ids, (id) => this.end(userId, id, 'revoke-user'));
      const dead = ids.filter((_, i) => ended[i]);
      count += dead.length;
      const change = { kind: 'remove', dead, ids: ids.filter((_, i) => !ended[i]) } as const;
      index = (await this.#writer.write(userId, change)).index;
    }
  }

  /** Moves the excepted session into the new epoch, if its entry is there. */
  async #carryOver(userId: string, except: string | undefined, { index }: IndexResult): Promise<void> {
    const { epoch } = index;
    if (except === undefined) return;
    if (!index.sessions.some((each) => each.id === except && each.epoch === epoch)) return;
    await this.#change(userId, except, (state) => ({
      kind: 'write',
      state: inEpoch(state, epoch),
      result: true,
    }));
  }

  /** Changes one session of a user on behalf of no request, with the persistence of a change that ends it; false if it is not alive, undefined if it is not this user's. */
  async #change(
    userId: string,
    id: string,
    apply: (state: SessionState, now: number) => Changed<true>,
    base?: Snapshot,
  ): Promise<boolean | undefined> {
    const change: Change<boolean | undefined> = {
      admission: undefined,
      ends: true,
      apply: (state, now) =>
        state.user?.id === userId ? apply(state, now) : { kind: 'keep', result: undefined },
    };
    try {
      return (await this.#deps.writer.write(id, base, change)).result;
    } catch (error) {
      if (saysEnded(error)) return false;
      throw error;
    }
  }
}
