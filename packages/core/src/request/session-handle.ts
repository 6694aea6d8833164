import type { Duration } from '../common/duration.ts';
import { toMilliseconds } from '../common/duration.ts';
import { SessionError } from '../common/errors.ts';
import type { DeepReadonly } from '../common/json.ts';
import type { Session, SyncResult } from '../session/session-types.ts';
import type { DataChange } from './data-change.ts';
import { destroy } from './destroy.ts';
import { finish, type ReceiptSource } from './finish.ts';
import { load } from './load.ts';
import { refuseAssignments } from './no-assignment.ts';
import { renew } from './renew.ts';
import type { RequestVisit } from './request-context.ts';
import { signIn } from './sign-in.ts';
import { update } from './update.ts';

/** Shows a visit to the app as its session. */
export function sessionOf<Data extends object>(visit: RequestVisit<Data>): Session<Data> {
  return new GuardedSession(visit);
}

/** The session as an app sees it: each call goes to the visit. */
class VisitSession<Data extends object> implements Session<Data> {
  readonly #visit: RequestVisit<Data>;

  constructor(visit: RequestVisit<Data>) {
    this.#visit = visit;
  }

  get id(): string | undefined {
    return this.#look().held?.id;
  }

  get data(): DeepReadonly<Data> {
    return this.#look().data;
  }

  get userId(): string | undefined {
    return this.#look().held?.state.user?.id;
  }

  get createdAt(): Date | undefined {
    return toDate(this.#look().held?.state.createdAt);
  }

  get signedInAt(): Date | undefined {
    return toDate(this.#look().held?.state.user?.signedInAt);
  }

  get expiresAt(): Date | undefined {
    return toDate(this.#look().held?.state.expiresAt);
  }

  get ended(): Session<Data>['ended'] {
    return this.#look().ended;
  }

  get clientChanges(): readonly string[] {
    return this.#look().clientChanges;
  }

  async load(): Promise<this> {
    const loading = load(this.#visit);
    if (!this.#visit.isLoaded) await loading;
    return this;
  }

  update<R>(change: (data: Data) => SyncResult<R>): Promise<R>;
  update(patch: Partial<Data>): Promise<void>;
  async update(change: DataChange<Data, unknown>): Promise<unknown> {
    const visit = this.#visit;
    await this.#ready();
    while (visit.structural !== undefined) await visit.structural.catch(() => {});
    return visit.held === undefined ? this.#alone(() => update(visit, change)) : update(visit, change);
  }

  async signIn(userId: string, options: { remember?: boolean } = {}): Promise<void> {
    await this.#ready();
    await this.#alone(() => signIn(this.#visit, userId, options.remember === true));
  }

  isFresh(maxAge: Duration): boolean {
    const { held, engine } = this.#look();
    const signedInAt = held?.state.user?.signedInAt;
    return (
      signedInAt !== undefined &&
      engine.config.now() - signedInAt <= toMilliseconds('isFresh(maxAge)', maxAge)
    );
  }

  async renew(): Promise<void> {
    await this.#ready();
    await this.#alone(() => renew(this.#visit));
  }

  async finish(receipt?: ReceiptSource<Data>, options: { keepUser?: boolean } = {}): Promise<boolean> {
    await this.#ready();
    return this.#alone(() => finish(this.#visit, receipt, options.keepUser === true));
  }

  async destroy(): Promise<void> {
    await this.#ready();
    await this.#alone(() => destroy(this.#visit));
  }

  revealToken(): string | undefined {
    const visit = this.#look();
    const { token } = visit;
    visit.isRevealed ||= token !== undefined;
    return token;
  }

  /** Keeps the token and the data out of logs and answers. */
  toJSON(): object {
    const { isLoaded, held, ended } = this.#visit;
    if (!isLoaded) return { loaded: false };
    return { id: held?.id, userId: held?.state.user?.id, ended: ended?.reason };
  }

  /** Notes that the answer depends on the session, and refuses before there is one to look at. */
  #look(): RequestVisit<Data> {
    const visit = this.#visit;
    if (!visit.isLoaded) throw notLoaded();
    visit.wasLookedAt = true;
    return visit;
  }

  /** Waits for the session to be loaded, also where it is: so calls go on in the order in which they came. */
  #ready(): Promise<void> {
    this.#visit.wasLookedAt = true;
    return load(this.#visit);
  }

  /** Runs a call that may replace the session or its secret: one at a time, and the calls of this visit that come later wait until it is done. */
  async #alone<R>(call: () => Promise<R>): Promise<R> {
    const visit = this.#visit;
    // Nothing is awaited between this look and taking the turn, or two that waited would both go on.
    while (visit.structural !== undefined) await visit.structural.catch(() => {});
    const running = call();
    visit.structural = running;
    const done = () => {
      visit.structural = undefined;
    };
    running.then(done, done);
    return running;
  }
}

const GuardedSession = /* @__PURE__ */ guarded();

/** Finishes the class, in a call that bundlers may leave out with all that hangs on it. */
function guarded(): typeof VisitSession {
  const { prototype } = VisitSession;
  // What console.log shows: no more than toJSON tells.
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value: prototype.toJSON,
    configurable: true,
  });
  refuseAssignments(prototype);
  return VisitSession;
}

function notLoaded(): SessionError {
  return new SessionError(
    'ERR_SESSION_NOT_LOADED',
    'The session is not loaded yet: await session.load() first. Adapters do so before your handlers unless they are lazy.',
  );
}

function toDate(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}
