import { SessionError } from '@coatcheck/core';
import type { Settings } from '../config/options.ts';
import { asCookie, restoreCookie, type SessionCookie } from '../cookie/session-cookie.ts';
import { isBlank, type JsonObject } from '../data/json.ts';
import { isEqual } from '../data/merge.ts';
import { CallQueue } from './call-queue.ts';
import { isEnded, type NativeSession } from './native-session.ts';
import { Session, type SessionOwner } from './session-object.ts';
import { Snapshot } from './snapshot.ts';
import { writeChanges } from './write-changes.ts';

/** What a request's session is made from. */
interface Parts {
  readonly req: object;
  readonly settings: Settings;
  readonly native: NativeSession;
  /** Makes a cookie with the attributes that this request's cookies have by default. */
  readonly newCookie: () => SessionCookie;
}

/** What the end of a request has to save: a change, a later deadline, or that the session ends. */
type Unsaved = Snapshot | 'deadline' | 'end';

/** The session of one request, as express-session's model has it: data that the handlers alter, saved before the response begins. */
export class RequestSession implements SessionOwner {
  readonly req: object;
  readonly #settings: Settings;
  readonly #native: NativeSession;
  readonly #newCookie: () => SessionCookie;
  /** A cookie that no session has changed. */
  #defaults: SessionCookie | undefined = undefined;
  /** The IDs of the sessions that ended in this request. */
  #earlierIds: Map<Session, string> | undefined = undefined;
  /** What the session object held when it was loaded or last saved. */
  #base: Snapshot | undefined = undefined;
  #session: Session | null | undefined = undefined;
  #sessionId: unknown = undefined;
  #state: 'untouched' | 'open' | 'unset' = 'untouched';
  readonly #queue = new CallQueue();
  /** What the last save that failed was to save. */
  #failed: Snapshot | undefined = undefined;
  /** The same if its caller knows: the end of the request does not save it again. */
  #reported: Snapshot | undefined = undefined;
  /** Why the last `destroy` or `regenerate` failed, unless its caller knows: the end of the request reports it. */
  #unheard: { readonly error: unknown } | undefined = undefined;
  #isTouched = false;
  #isSaved = false;
  #isModified = false;

  constructor({ req, settings, native, newCookie }: Parts) {
    this.req = req;
    this.#settings = settings;
    this.#native = native;
    this.#newCookie = newCookie;
  }

  get session(): Session | null | undefined {
    if (this.#state === 'untouched') this.#open(this.#native.data);
    return this.#session;
  }

  set session(value: unknown) {
    if (value !== null && value !== undefined && !(value instanceof Session)) {
      throw new TypeError(
        'req.session can be set to null or undefined only. Set its properties, or call await req.session.regenerate() for an empty one.',
      );
    }
    this.#session = value;
    this.#state = value instanceof Session ? 'open' : 'unset';
  }

  get sessionId(): unknown {
    return this.#sessionId ?? this.#native.reserveId();
  }

  /** An ID that is no string stops the session from being saved, as in express-session. Any other is ignored. */
  set sessionId(value: unknown) {
    this.#sessionId = typeof value === 'string' ? undefined : value;
  }

  idOf(session: Session): string {
    return this.#earlierIds?.get(session) ?? this.#native.reserveId();
  }

  noteTouch(session: Session): void {
    if (session === this.#session) this.#isTouched = true;
  }

  noteReported(): void {
    this.#reported = this.#failed;
    this.#unheard = undefined;
  }

  /** The cookie that the response sends. */
  get cookie(): SessionCookie {
    const cookie = this.#session?.cookie;
    return cookie === undefined
      ? restoreCookie(this.#newCookie(), this.#native.data['cookie'])
      : asCookie(cookie);
  }

  save(session: Session): Promise<void> {
    return this.#queue.run(async () => {
      if (session !== this.#session) throw ended();
      const snapshot = this.#snapshotOf(session);
      const isChanged = !isEqual(snapshot.data, this.#base?.data ?? {});
      try {
        await this.#write(snapshot, { isChanged, isForced: true });
      } catch (error) {
        this.#failed = snapshot;
        throw error;
      }
    });
  }

  regenerate(): Promise<void> {
    return this.#runEnding(async () => {
      await this.#end();
      this.#open({});
    });
  }

  destroy(session: Session): Promise<void> {
    if (session !== this.#session) return Promise.resolve();
    this.#noteId(session);
    this.session = undefined;
    return this.#runEnding(() => this.#native.end());
  }

  #runEnding(call: () => Promise<void>): Promise<void> {
    return this.#queue.run(async () => {
      this.#unheard = undefined;
      try {
        await call();
      } catch (error) {
        this.#unheard = { error };
        throw error;
      }
    });
  }

  reload(session: Session): Promise<void> {
    return this.#queue.run(async () => {
      const data = session === this.#session ? await this.#native.read() : undefined;
      if (data === undefined) throw new Error('failed to load session');
      this.#open(data);
    });
  }

  /** Replaces `req.session` with an empty session that is not stored yet. The earlier one ends before the response begins. */
  generate(): void {
    const { session } = this;
    if (session instanceof Session) this.#noteId(session);
    const end = this.#native.restart();
    this.#open({});
    // The end of the request reports a failure.
    this.#runEnding(end).catch(() => {});
  }

  /** Saves what is left to save before the response begins. Returns undefined if there is nothing. */
  begin(): Promise<void> | undefined {
    return this.#settle(() => this.#prepareCookie());
  }

  /** Saves what was changed after the response began. */
  finish(): Promise<void> | undefined {
    return this.#settle(() => {});
  }

  #settle(then: () => void): Promise<void> | undefined {
    let unsaved: Unsaved | undefined;
    try {
      const isSettled = this.#queue.isIdle && this.#unheard === undefined;
      unsaved = isSettled ? this.#unsaved() : undefined;
      if (isSettled && unsaved === undefined) {
        then();
        return undefined;
      }
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#queue.runLast(async () => {
      const unheard = this.#unheard;
      this.#unheard = undefined;
      if (unheard !== undefined) throw unheard.error;
      await this.#saveRest(unsaved ?? this.#unsaved());
      then();
    });
  }

  /** Finds what the end of the request has to save. */
  #unsaved(): Unsaved | undefined {
    const { id } = this.#native;
    if (this.#isUnset()) return this.#settings.destroysUnset && id !== undefined ? 'end' : undefined;
    if (this.#sessionId !== undefined) return undefined;
    const { resave, saveUninitialized } = this.#settings;
    const changed = this.#changed();
    const isWanted = !this.#isSaved && !this.#native.isCrossSite;
    const isNeeded =
      id === undefined
        ? (saveUninitialized && isWanted) || (changed !== undefined && !isBlank(changed.data))
        : changed !== undefined || this.#isTouched || (resave && isWanted);
    return isNeeded ? (changed ?? 'deadline') : undefined;
  }

  /** Copies the session if it holds anything that is neither saved nor known to be lost. */
  #changed(): Snapshot | undefined {
    const session = this.#session;
    if (!(session instanceof Session) || this.#base?.matches(session) === true) return undefined;
    const snapshot = this.#snapshotOf(session);
    const isKnown = [this.#base, this.#reported].some((known) => isEqual(snapshot.data, known?.data));
    return isKnown ? undefined : snapshot;
  }

  async #saveRest(unsaved: Unsaved | undefined): Promise<void> {
    if (unsaved === undefined) return;
    if (unsaved === 'end') {
      await this.#native.end();
      return;
    }
    const { session } = this;
    if (!(session instanceof Session)) return;
    const isChanged = unsaved !== 'deadline';
    const snapshot = isChanged ? unsaved : this.#snapshotOf(session);
    try {
      await this.#write(snapshot, { isChanged, isForced: this.#settings.saveUninitialized });
    } catch (error) {
      // A session that has ended needs no later deadline.
      if (!isEnded(error) || isChanged) throw error;
    }
  }

  async #write(
    snapshot: Snapshot,
    { isChanged, isForced }: { isChanged: boolean; isForced: boolean },
  ): Promise<void> {
    if (this.#sessionId !== undefined) return;
    const { saveUninitialized } = this.#settings;
    const isNeeded = !isBlank(snapshot.data) || (isForced && saveUninitialized);
    await writeChanges(this.#native, this.#settings, {
      before: this.#base?.data ?? {},
      after: snapshot.data,
      isNeeded,
    });
    this.#isModified ||= isChanged;
    this.#base = snapshot;
    this.#isSaved = true;
    this.#isTouched = false;
  }

  #prepareCookie(): void {
    if (this.#native.id === undefined || this.#isUnset()) return;
    if (this.#settings.rolling || (this.#isModified && this.cookie.expires !== null))
      this.#native.repeatToken();
  }

  async #end(): Promise<void> {
    if (this.#session instanceof Session) this.#noteId(this.#session);
    await this.#native.end();
  }

  #noteId(session: Session): void {
    const id = this.idOf(session);
    this.#earlierIds ??= new Map();
    this.#earlierIds.set(session, id);
  }

  #open(data: JsonObject): void {
    const cookie = restoreCookie(this.#newCookie(), data['cookie']);
    // The handlers alter its copy; the data itself is frozen, and the next save compares with it.
    this.#session = new Session(this, data, cookie);
    this.#state = 'open';
    this.#base = new Snapshot(data, cookie);
    this.#reported = undefined;
    this.#isSaved = false;
  }

  #snapshotOf(session: Session): Snapshot {
    this.#defaults ??= this.#newCookie();
    return Snapshot.of(session, this.#defaults);
  }

  /** `delete req.session` removes the property that this class manages. */
  #isUnset(): boolean {
    if (this.#state !== 'unset' && !Object.hasOwn(this.req, 'session')) this.session = undefined;
    return this.#state === 'unset';
  }
}

function ended(): SessionError {
  return new SessionError(
    'ERR_SESSION_ENDED',
    'save() was called on a session that was destroyed or regenerated, so nothing was written. Use req.session, which is the current one.',
  );
}
