import { AsyncLocalStorage } from 'node:async_hooks';
import { SessionError } from '../../src/common/errors.ts';
import { decodeSession } from '../../src/records/record.ts';
import type { Session } from '../../src/session/session-types.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import type { StoreRecord } from '../../src/store/store.ts';
import { userKey } from '../../src/users/user-index.ts';
import { type History, type Marks, PromiseBroken } from './history.ts';
import { readsOf } from './ordered-store.ts';
import type { Seeded } from './seeded.ts';

const USERS: readonly [string, ...string[]] = ['ann', 'bob'];
const ACTIONS: readonly [string, ...string[]] = [
  'look',
  ...['look', 'update', 'update', 'update', 'updates', 'signIn', 'signIn', 'signIn'],
  ...['renew', 'finish', 'destroy', 'revoke', 'revokeUser'],
];

/** What leaves a session its secrets, so that the timer renews them. */
const CALM_ACTIONS: readonly [string, ...string[]] = ['look', 'look', 'look', 'update', 'update', 'finish'];

/** What actions depend on. */
export interface ActionsDeps {
  readonly random: Seeded;
  readonly history: History;
  readonly reached: Set<string>;
  readonly records: ReadonlyMap<string, StoreRecord>;
  /** Whether the store may fail. */
  readonly hasFaults: boolean;
  /** Whether nothing is done that replaces a session's secrets at once. */
  readonly isCalm: boolean;
}

/** How a call failed. Each call has its own: others of its request, and of other requests, may fail at once. */
interface Failure {
  error?: SessionError;
}

/** Tells whether code runs within a call of finish(). */
export const withinFinish: AsyncLocalStorage<true> = new AsyncLocalStorage();

/** Does at random what an app does with a session, and records what that promises. */
export class Actions {
  /** The sessions that were ended by destroy(). */
  readonly destroyers: WeakSet<object> = new WeakSet();
  /** The sessions on which destroy() was called: if that response could not clear the cookie, the next one does. */
  readonly signedOut: Set<string> = new Set();
  /** When a request last drew a secret itself. */
  readonly redrawnAt: WeakMap<object, number> = new WeakMap();
  readonly #deps: ActionsDeps;
  readonly #history: History;
  readonly #random: Seeded;
  #marks = 0;

  constructor(deps: ActionsDeps) {
    this.#deps = deps;
    this.#history = deps.history;
    this.#random = deps.random;
  }

  /** Does one thing at random with a session, and records it. */
  async act(
    sessions: Sessions<Marks>,
    session: Session<Marks>,
    presented: string | undefined,
  ): Promise<void> {
    const kind = this.#random.pick(this.#deps.isCalm ? CALM_ACTIONS : ACTIONS);
    const { id } = session;
    if (id !== undefined && kind !== 'update' && kind !== 'updates') this.#history.noteExclusiveCall(id);
    switch (kind) {
      case 'look':
        return;
      case 'update':
        return this.#update(session);
      case 'updates':
        await Promise.all([this.#update(session), this.#update(session)]);
        return;
      case 'signIn':
        return this.#signIn(session, presented);
      case 'renew':
        return this.#renew(session);
      case 'finish':
        return this.#finish(session);
      case 'destroy':
        if (id !== undefined) this.signedOut.add(id);
        if (id !== undefined && (await this.attempt('destroy', () => session.destroy()))) {
          if (this.#history.hasEnded(id) || this.#isOver(id)) this.destroyers.add(session);
        }
        return;
      default:
        return this.#revoke(sessions, kind === 'revokeUser');
    }
  }

  /** Tells whether the store has a session no longer, or finished: perhaps by a call that does not know it, because its response was lost. */
  #isOver(id: string): boolean {
    const record = this.#deps.records.get(id);
    return record === undefined || decodeSession(record)?.finish !== undefined;
  }

  async #update(session: Session<Marks>): Promise<void> {
    this.#marks += 1;
    const mark = `m${this.#marks}`;
    const id = session.id;
    const note = id === undefined ? undefined : this.#history.noteUpdate(id, mark);
    this.#history.noteMarkUser(mark, session.userId);
    const failed: Failure = {};
    const change = () => session.update(({ marks }) => void marks.push(mark));
    const ran = await this.attempt('update', change, failed);
    if (note === undefined) return;
    if (ran) note.resolvedAt = this.#history.tick(`update ${mark} resolved`);
    else if (isCertain(failed.error)) this.#history.noteRejected(note, failed.error?.code);
  }

  async #signIn(session: Session<Marks>, presented: string | undefined): Promise<void> {
    const userId = this.#random.pick(USERS);
    const { id: before } = session;
    const wasAnonymous = session.userId === undefined;
    const calledAt = this.#history.tick(`sign-in of ${userId} on ${before}`);
    let beganAt: number | undefined;
    const key = userKey(userId);
    const hear = (read: string) => {
      if (read === key) beganAt ??= this.#history.tick(`sign-in of ${userId} on ${before} read the index`);
    };
    const failed: Failure = {};
    if (await this.attempt('signIn', () => readsOf.run(hear, () => session.signIn(userId)), failed)) {
      const { id = '' } = session;
      this.#history.revocations.noteSignIn({ userId, beganAt: beganAt ?? calledAt, sessionId: id });
      if (id === before) this.#history.noteRekeyed(id, calledAt, '');
      this.redrawnAt.set(session, this.#history.tick('signed in'));
    } else if (
      failed.error?.code === 'ERR_USER_LIMIT' &&
      wasAnonymous &&
      presented?.slice(0, 22) === before
    ) {
      this.#history.checkLimitRefused(before ?? '', presented ?? '', this.#deps.records.get(before ?? ''));
    }
  }

  async #renew(session: Session<Marks>): Promise<void> {
    const { id } = session;
    const calledAt = this.#history.tick(`renewal of ${id}`);
    if (id !== undefined && (await this.attempt('renew', () => session.renew()))) {
      this.#history.noteRekeyed(id, calledAt, '');
      this.redrawnAt.set(session, this.#history.tick('renewed'));
    }
  }

  async #finish(session: Session<Marks>): Promise<void> {
    const { id } = session;
    this.#history.tick(`finish of ${id}`);
    let won = false;
    const options = { keepUser: this.#random.chance(0.5) };
    const ran = await this.attempt('finish', async () => {
      won = await withinFinish.run(true, () => session.finish(({ marks }) => marks.join(' '), options));
    });
    if (ran && won && id !== undefined) {
      const receipt = session.ended?.receipt;
      this.#history.noteFinished(id, typeof receipt === 'string' ? receipt : '');
      this.redrawnAt.set(session, this.#history.tick(`finished ${id}`));
    }
  }

  async #revoke(sessions: Sessions<Marks>, all: boolean): Promise<void> {
    const { granted } = this.#history;
    const userId = this.#random.pick(USERS);
    const id = granted[this.#random.int(Math.max(1, granted.length))]?.id;
    if (!all) {
      if (id === undefined) return;
      this.#history.noteExclusiveCall(id);
      await this.attempt('revoke', () => sessions.revoke(userId, id));
      return;
    }
    const except = this.#random.chance(0.3) ? id : undefined;
    const calledAt = this.#history.tick(`revocation of ${userId} but ${except}`);
    const options = except === undefined ? {} : { except };
    if (await this.attempt('revokeUser', () => sessions.revokeUser(userId, options))) {
      this.#history.noteRevokedUser({ userId, calledAt, except });
    }
  }

  /** Makes a call and returns whether it resolved. Only the library's own errors may come out, and store failures only if the store may fail. */
  async attempt(name: string, call: () => Promise<unknown>, failed: Failure = {}): Promise<boolean> {
    try {
      await call();
      this.#deps.reached.add(name);
      return true;
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      failed.error = error;
      this.#deps.reached.add(`${name} ${error.code}`);
      this.#history.tick(`${name} rejected: ${error.code}`);
      if (error.code === 'ERR_STORE_UNAVAILABLE' && !this.#deps.hasFaults) {
        throw new PromiseBroken(`${name} fails with ERR_STORE_UNAVAILABLE only if the store fails`);
      }
      return false;
    }
  }
}

/** Tells whether an error says that nothing was written, rather than that it is unknown. */
function isCertain(error: SessionError | undefined): boolean {
  return error?.message.includes('unknown') === false;
}
