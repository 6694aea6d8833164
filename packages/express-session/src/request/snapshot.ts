import { asCookie, keptOf, overridesOf, type SessionCookie } from '../cookie/session-cookie.ts';
import { isCopy, type JsonObject, toJsonObject } from '../data/json.ts';
import { Session } from './session-object.ts';

/** What `req.session` held at one moment, to tell later what was changed. */
export class Snapshot {
  readonly data: JsonObject;
  readonly #cookie: SessionCookie;
  readonly #attributes: readonly unknown[];

  /** `data` has the app's data, and as `cookie` what the session changed of its cookie. */
  constructor(data: JsonObject, cookie: SessionCookie) {
    this.data = data;
    this.#cookie = cookie;
    this.#attributes = keptOf(cookie);
  }

  /**
   * Copies what a session holds.
   *
   * @throws SessionError `ERR_DATA_INVALID` with the path of a part that JSON would lose
   */
  static of(session: Session, defaults: SessionCookie): Snapshot {
    const cookie = asCookie(session.cookie);
    const data = toJsonObject(session, 'req.session', 0, isOwnName);
    const overrides = overridesOf(cookie, defaults);
    if (overrides !== undefined) data['cookie'] = overrides;
    return new Snapshot(data, cookie);
  }

  /** Tells, without a copy, that a session still holds the same. False may also mean that only a copy tells. */
  matches(session: Session): boolean {
    if (session.cookie !== this.#cookie) return false;
    if (!keptOf(this.#cookie).every((value, i) => Object.is(value, this.#attributes[i]))) return false;
    let left = Object.keys(this.data).length - (Object.hasOwn(this.data, 'cookie') ? 1 : 0);
    for (const key of Object.keys(session)) {
      if (isOwnName(key)) continue;
      if (!Object.hasOwn(this.data, key) || !isCopy(Reflect.get(session, key), this.data[key])) return false;
      left -= 1;
    }
    return left === 0;
  }
}

/** Tells whether a property belongs to the session object itself, not to the app's data. */
function isOwnName(key: string): boolean {
  return key === 'cookie' || key in Session.prototype;
}
