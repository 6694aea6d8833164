import type { DataChange } from './data-change.ts';
import { destroy } from './destroy.ts';
import { toMilliseconds } from './duration.ts';
import { SessionError } from './errors.ts';
import { finish, type ReceiptSource } from './finish.ts';
import type { DeepReadonly } from './json.ts';
import { load } from './load.ts';
import { renew } from './renew.ts';
import type { RequestVisit } from './request-visit.ts';
import type { Duration, Session, SyncResult } from './session-types.ts';
import { signIn } from './sign-in.ts';
import { update } from './update.ts';

/**
 * Stands at the end of the prototype chain, so that an assignment to any property of a session throws, in sloppy code too, where a frozen object
 * would swallow it.
 */
const REFUSES_ASSIGNMENT: object = new Proxy(Object.prototype, {
  set(_target, name) {
    throw notAssignable(name);
  },
});

class NoAssignment {}
Object.setPrototypeOf(NoAssignment.prototype, REFUSES_ASSIGNMENT);

/** The session as an app sees it: each call goes to the visit. */
export class VisitSession<Data extends object> extends NoAssignment implements Session<Data> {
  readonly #visit: RequestVisit<Data>;

  constructor(visit: RequestVisit<Data>) {
    super();
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
    await load(this.#visit);
    return this;
  }

  update<R>(change: (data: Data) => SyncResult<R>): Promise<R>;
  update(patch: Partial<Data>): Promise<void>;
  async update(change: DataChange<Data, unknown>): Promise<unknown> {
    const visit = await this.#ready();
    while (visit.structural !== undefined) await visit.structural.catch(() => {});
    return visit.held === undefined ? this.#alone(() => update(visit, change)) : update(visit, change);
  }

  async signIn(userId: string, options: { remember?: boolean } = {}): Promise<void> {
    const visit = await this.#ready();
    await this.#alone(() => signIn(visit, userId, options.remember === true));
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
    const visit = await this.#ready();
    await this.#alone(() => renew(visit));
  }

  async finish(receipt?: ReceiptSource<Data>, options: { keepUser?: boolean } = {}): Promise<boolean> {
    const visit = await this.#ready();
    return this.#alone(() => finish(visit, receipt, options.keepUser === true));
  }

  async destroy(): Promise<void> {
    const visit = await this.#ready();
    await this.#alone(() => destroy(visit));
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

  /** Waits for the session to be loaded. */
  async #ready(): Promise<RequestVisit<Data>> {
    const visit = this.#visit;
    visit.wasLookedAt = true;
    // Also where it is loaded: so calls go on in the order in which they came.
    await load(visit);
    return visit;
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

// What console.log shows: no more than toJSON tells.
Object.defineProperty(VisitSession.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  configurable: true,
  value(this: VisitSession<object>) {
    return this.toJSON();
  },
});
refuseOverwriting(VisitSession.prototype);

/** Turns methods and getters into accessors whose setters throw, so that nothing of a session can be overwritten either. */
function refuseOverwriting(prototype: object): void {
  for (const name of Reflect.ownKeys(prototype)) {
    const { value, get } = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
    if (name === 'constructor') continue;
    Object.defineProperty(prototype, name, {
      get: get ?? (() => value),
      set: () => {
        throw notAssignable(name);
      },
      configurable: false,
    });
  }
}

function notAssignable(name: PropertyKey): TypeError {
  const text = String(name);
  return new TypeError(
    `A session's properties cannot be assigned: nothing would be saved. Instead of session.${text} = value write: await session.update({ ${text}: value })`,
  );
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
