import { SessionError } from '@coatcheck/core';
import type { Settings } from '../config/options.ts';
import { asCookie, overridesOf, restoreCookie, type SessionCookie } from '../cookie/session-cookie.ts';
import { isJsonObject, type JsonObject, type JsonValue, toJsonObject } from '../data/json.ts';
import { isEqual, mergeInto } from '../data/merge.ts';
import { isEnded, type NativeSession } from './native-session.ts';
import { Session, type SessionOwner } from './session-object.ts';

/** What a request's session is made from. */
interface Parts {
  readonly req: object;
  readonly settings: Settings;
  readonly native: NativeSession;
  /** Makes a cookie with the attributes that this request's cookies have by default. */
  readonly newCookie: () => SessionCookie;
}

/** The session of one request, as express-session's model has it: data that the handlers alter, saved before the response begins. */
export class RequestSession implements SessionOwner {
  readonly req: object;
  readonly #settings: Settings;
  readonly #native: NativeSession;
  readonly #newCookie: () => SessionCookie;
  readonly #earlierIds = new WeakMap<Session, string>();
  /** What the session object held when it was loaded or last saved. */
  #base: JsonObject | undefined = undefined;
  #session: Session | null | undefined = undefined;
  #sessionId: unknown = undefined;
  #state: 'untouched' | 'open' | 'unset' = 'untouched';
  #queue: Promise<void> | undefined = undefined;
  /** The data of the last save that failed. */
  #failed: JsonObject | undefined = undefined;
  /** The same if its caller knows: the end of the request does not save it again. */
  #reported: JsonObject | undefined = undefined;
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
    return this.#earlierIds.get(session) ?? this.#native.reserveId();
  }

  noteTouch(session: Session): void {
    if (session === this.#session) this.#isTouched = true;
  }

  noteReported(): void {
    this.#reported = this.#failed;
  }

  /** The cookie that the response sends. */
  get cookie(): SessionCookie {
    const cookie = this.#session?.cookie;
    return cookie === undefined
      ? restoreCookie(this.#newCookie(), this.#native.data['cookie'])
      : asCookie(cookie);
  }

  save(session: Session): Promise<void> {
    return this.#enqueue(async () => {
      if (session !== this.#session) throw ended();
      const data = this.#dataOf(session);
      try {
        await this.#write(data, { isForced: true });
      } catch (error) {
        this.#failed = data;
        throw error;
      }
    });
  }

  regenerate(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#end();
      this.#open({});
    });
  }

  destroy(session: Session): Promise<void> {
    if (session !== this.#session) return Promise.resolve();
    this.#earlierIds.set(session, this.idOf(session));
    this.session = undefined;
    return this.#enqueue(() => this.#native.end());
  }

  reload(session: Session): Promise<void> {
    return this.#enqueue(async () => {
      const data = session === this.#session ? await this.#native.read() : undefined;
      if (data === undefined) throw new Error('failed to load session');
      this.#open(data);
    });
  }

  /** Replaces `req.session` with an empty session that is not stored yet. */
  generate(): void {
    this.#open({});
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
    try {
      if (this.#queue === undefined && !this.#needsSave()) {
        then();
        return undefined;
      }
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#enqueue(async () => {
      if (this.#needsSave()) await this.#saveRest();
      then();
    }, true);
  }

  #needsSave(): boolean {
    const { id } = this.#native;
    if (this.#isUnset()) return this.#settings.destroysUnset && id !== undefined;
    if (this.#sessionId !== undefined) return false;
    const { resave, saveUninitialized } = this.#settings;
    const data = this.#session instanceof Session ? this.#dataOf(this.#session) : undefined;
    const isChanged = data !== undefined && !isEqual(data, this.#base) && !isEqual(data, this.#reported);
    const isWanted = !this.#isSaved && !this.#native.isCrossSite;
    if (id === undefined) return (saveUninitialized && isWanted) || (isChanged && !isBlank(data));
    return isChanged || this.#isTouched || (resave && isWanted);
  }

  async #saveRest(): Promise<void> {
    if (this.#isUnset()) return this.#native.end();
    const session = this.session;
    if (!(session instanceof Session)) return;
    const data = this.#dataOf(session);
    try {
      await this.#write(data, { isForced: this.#settings.saveUninitialized });
    } catch (error) {
      // A session that has ended needs no longer deadline.
      if (isEnded(error) && isEqual(data, this.#base)) return;
      throw error;
    }
  }

  async #write(data: JsonObject, { isForced }: { isForced: boolean }): Promise<void> {
    if (this.#sessionId !== undefined) return;
    const native = this.#native;
    const before = this.#base ?? {};
    const { counters, userOf } = this.#settings;
    const earlierUser = userOf(before);
    const user = userOf(data);
    const onto = (stored: JsonObject) => mergeInto(stored, before, data, counters);
    if (user !== undefined && user !== native.userId) {
      await native.signIn(user, { onto, anew: (stored) => mergeInto(stored, {}, data, counters) });
    } else if (user === undefined && earlierUser !== undefined && native.userId !== undefined) {
      await native.end();
      if (!isBlank(data)) await native.update((stored) => mergeInto(stored, {}, data, counters));
    } else if (native.id !== undefined || !isBlank(data) || (isForced && this.#settings.saveUninitialized)) {
      await native.update(onto);
    }
    this.#isModified ||= !isEqual(before, data);
    this.#base = data;
    this.#isSaved = true;
    this.#isTouched = false;
  }

  #prepareCookie(): void {
    if (this.#native.id === undefined || this.#isUnset()) return;
    if (this.#settings.rolling || (this.#isModified && this.cookie.expires !== null))
      this.#native.repeatToken();
  }

  async #end(): Promise<void> {
    if (this.#session instanceof Session) this.#earlierIds.set(this.#session, this.idOf(this.#session));
    await this.#native.end();
  }

  #open(data: JsonObject): void {
    const { cookie: overrides, ...rest } = data;
    // The handlers alter the copy; the data itself is frozen, and the next save compares with it.
    const copy = structuredClone(rest);
    this.#session = new Session(this, copy, restoreCookie(this.#newCookie(), overrides));
    this.#state = 'open';
    this.#base = data;
    this.#reported = undefined;
    this.#isSaved = false;
  }

  #dataOf(session: Session): JsonObject {
    const data = toJsonObject(
      session,
      'req.session',
      0,
      (key) => key === 'cookie' || key in Session.prototype,
    );
    const overrides = overridesOf(asCookie(session.cookie), this.#newCookie());
    if (overrides !== undefined) data['cookie'] = overrides;
    return data;
  }

  /** `delete req.session` removes the property that this class manages. */
  #isUnset(): boolean {
    if (this.#state !== 'unset' && !Object.hasOwn(this.req, 'session')) this.session = undefined;
    return this.#state === 'unset';
  }

  /** Runs one call after the other. */
  #enqueue(call: () => Promise<void>, isLast = false): Promise<void> {
    const running = this.#queue === undefined ? call() : this.#queue.then(call);
    const settled = running.then(ignore, ignore).then(() => {
      if (this.#queue === settled) this.#queue = undefined;
    });
    if (!isLast) this.#queue = settled;
    return running;
  }
}

function ignore(): void {}

/** Tells whether data holds nothing, such as the `{ passport: {} }` that passport leaves behind. */
function isBlank(data: JsonObject | undefined): boolean {
  return data === undefined || Object.values(data).every(isEmpty);
}

function isEmpty(value: JsonValue): boolean {
  return isJsonObject(value) && Object.values(value).every(isEmpty);
}

function ended(): SessionError {
  return new SessionError(
    'ERR_SESSION_ENDED',
    'save() was called on a session that was destroyed or regenerated, so nothing was written. Use req.session, which is the current one.',
  );
}
