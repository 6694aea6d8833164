import { type ResponseHeader, type Session, SessionError, type Sessions, type Visit } from '@coatcheck/core';
import { type CookieRequestView, FORGED, TOKEN_HEADER } from '../cookie/request-view.ts';
import { isJsonObject, type JsonObject, type StoredData } from '../data/json.ts';
import type { RecentSignIns } from './recent-sign-ins.ts';

/** A change of the data: what it makes of the stored data, of no data if the session has ended and another begins, or of what a sign-in beside it stored. */
export interface DataChanges {
  readonly onto: (data: JsonObject) => void;
  readonly anew: (data: JsonObject) => void;
  readonly adopted: (data: JsonObject) => void;
}

/** What a response needs: the token for the cookie, empty to clear it, and the other headers. */
export interface Outgoing {
  readonly token: string | undefined;
  readonly headers: readonly ResponseHeader[];
}

/** The native session of a request. Where express-session's model asks for more than one session in a request, another visit takes the place of the first. */
export class NativeSession {
  readonly #sessions: Sessions<StoredData>;
  readonly #recent: RecentSignIns;
  readonly #viewOf: (tokens: readonly string[]) => CookieRequestView;
  /** The token by which sign-ins at once find each other. Browsers with wrong signatures have nothing in common. */
  readonly #presented: string | undefined;
  #visit: Visit<StoredData>;
  #endOther: (() => Promise<void>) | undefined = undefined;
  /** The token that an earlier visit of this request issued. */
  #token: string | undefined = undefined;

  constructor(
    sessions: Sessions<StoredData>,
    recent: RecentSignIns,
    viewOf: (tokens: readonly string[]) => CookieRequestView,
    tokens: readonly string[],
  ) {
    this.#sessions = sessions;
    this.#recent = recent;
    this.#viewOf = viewOf;
    this.#presented = tokens.length === 1 && tokens[0] !== FORGED ? tokens[0] : undefined;
    this.#visit = sessions.open(viewOf(tokens));
  }

  get session(): Session<StoredData> {
    return this.#visit.session;
  }

  /** The data, frozen. */
  get data(): JsonObject {
    const { data } = this.#visit.session;
    return isJsonObject(data) ? data : {};
  }

  get id(): string | undefined {
    return this.#visit.session.id;
  }

  get userId(): string | undefined {
    return this.#visit.session.userId;
  }

  /** Whether the request came with a token, or cannot have one, so that no session of another library may take its place. */
  get isEnded(): boolean {
    return this.#visit.session.ended !== undefined;
  }

  get isCrossSite(): boolean {
    return this.#visit.session.ended?.reason === 'cross-site';
  }

  /** Returns the session's ID, or the one that it will get. */
  reserveId(): string {
    return this.#visit.reserveId();
  }

  /** Loads the session. Undefined if that is done already, as where the store is synchronous. */
  load(): Promise<unknown> | undefined {
    return this.#visit.load();
  }

  /** Reads the data of the session again; undefined if it has ended. */
  async read(): Promise<JsonObject | undefined> {
    const { id } = this;
    const found = id === undefined ? undefined : await this.#sessions.inspect(id);
    return isJsonObject(found?.data) ? found.data : undefined;
  }

  /** Changes the data. Grants a session if there is none. */
  async update(change: (data: JsonObject) => void): Promise<void> {
    await this.#visit.session.update(onData(change));
  }

  /** Signs a user in and changes the data in the same write. If the session has ended meanwhile, a new one begins. */
  async signIn(userId: string, changes: DataChanges): Promise<void> {
    await this.#recent.join(this.#presented, userId, {
      signIn: async () => {
        await this.#signIn(userId, changes);
        return this.#presented === undefined ? undefined : await this.#takeToken();
      },
      adopt: (token) => this.#adopt(token, userId, changes),
    });
  }

  async #signIn(userId: string, { onto, anew }: DataChanges): Promise<void> {
    try {
      await this.#visit.session.signIn(userId, { data: onData(onto) });
    } catch (error) {
      if (!isEnded(error)) throw error;
      await this.#reopen([]);
      await this.#visit.session.signIn(userId, { data: onData(anew) });
    }
  }

  /** Goes on with the session of a sign-in beside this one. */
  async #adopt(token: string, userId: string, { adopted }: DataChanges): Promise<boolean> {
    const before = this.#visit;
    await this.#reopen([token]);
    try {
      if (this.userId === userId) {
        await this.#visit.session.update(onData(adopted));
        this.#token = token;
        return true;
      }
    } catch (error) {
      if (!isEnded(error)) throw error;
    }
    this.#visit = before;
    return false;
  }

  /** Moves a session here that has the given key elsewhere. Requests that move the same one at once share the session that results. */
  async move(key: string, begin: () => Promise<void>): Promise<void> {
    await this.#recent.join(key, '', {
      signIn: async () => {
        await begin();
        return this.id === undefined ? undefined : await this.#takeToken();
      },
      adopt: async (token) => {
        await this.#reopen([token]);
        if (this.id !== undefined) this.#token = token;
        return this.id !== undefined;
      },
    });
  }

  /** Ends something else too when the session is ended. */
  endsToo(end: () => Promise<void>): void {
    this.#endOther = end;
  }

  /** Ends the session, if there is one. */
  async end(): Promise<void> {
    await this.#visit.session.destroy();
    if (this.#token !== undefined) this.#token = '';
    await this.#endOther?.();
  }

  /** Goes on without a session at once, and returns what ends the one before. */
  restart(): () => Promise<void> {
    const earlier = this.#visit;
    this.#visit = this.#sessions.open(this.#viewOf([]), { passive: true });
    // Without a token, this is done at once.
    const loading = this.#visit.load();
    return async () => {
      await loading;
      const hadToken = this.#token !== undefined || earlier.session.id !== undefined;
      await earlier.session.destroy();
      if (hadToken) this.#token = '';
      await this.#endOther?.();
    };
  }

  /** Makes the response send the token again, with a fresh lifetime. */
  repeatToken(): void {
    this.#visit.repeatToken();
  }

  /** Returns what the response needs. Afterwards no token can go out. */
  seal(): Outgoing {
    const all = this.#visit.seal();
    const token = all.find(([name]) => name === TOKEN_HEADER)?.[1];
    if (token === undefined) return { token: this.#token, headers: all };
    return { token, headers: all.filter(([name]) => name !== TOKEN_HEADER) };
  }

  /** Takes the token out of a visit whose sign-in others may share, and goes on with it in another visit. */
  async #takeToken(): Promise<string | undefined> {
    const { token } = this.seal();
    if (token === undefined || token === '') return undefined;
    this.#token = token;
    await this.#reopen([token]);
    return token;
  }

  async #reopen(tokens: readonly string[]): Promise<void> {
    this.#visit = this.#sessions.open(this.#viewOf(tokens), { passive: true });
    await this.#visit.session.load();
  }
}

/** Adapts a change of JSON to the type that the core has for the data. */
function onData(change: (data: JsonObject) => void): (data: StoredData) => void {
  return (data) => {
    if (isJsonObject(data)) change(data);
  };
}

/** Tells whether an error is `ERR_SESSION_ENDED`. */
export function isEnded(error: unknown): boolean {
  return error instanceof SessionError && error.code === 'ERR_SESSION_ENDED';
}
