import type { Duration } from '../common/duration.ts';
import { toMilliseconds } from '../common/duration.ts';
import { SessionError } from '../common/errors.ts';
import type { DeepReadonly } from '../common/json.ts';
import { isBound } from '../session/admission.ts';
import type {
  ChangeResult,
  Session,
  SessionView,
  SignInOptions,
  WatchEnd,
} from '../session/session-types.ts';
import { addCallSite, callSite, lineOf } from './call-site.ts';
import type { DataChange } from './data-change.ts';
import { destroy } from './destroy.ts';
import { finish, type ReceiptSource } from './finish.ts';
import { load } from './load.ts';
import { refuseAssignments, unknownProperty } from './no-assignment.ts';
import { reload } from './reload.ts';
import { renew } from './renew.ts';
import type { RequestContext } from './request-context.ts';
import { signIn } from './sign-in.ts';
import { update } from './update.ts';
import { watch } from './watch/watch.ts';

type CallName = Parameters<RequestContext<object>['emitFailure']>[0];

/** Makes the session that the app holds during a request. */
export function sessionHandle<Data extends object>(context: RequestContext<Data>): Session<Data> {
  return new SessionHandle(context);
}

/** Returns the context of a session that the app holds; undefined for any other value. */
export function contextOf(value: unknown): RequestContext<object> | undefined {
  return SessionHandle.contextOf(value);
}

/**
 * The session as the app holds it: checks that it is loaded, and runs each call on the request's context. The call of `protect` is marked as pure, so
 * that bundlers can leave the class out.
 */
const SessionHandle = /* @__PURE__ */ protect(
  class SessionHandle<Data extends object> implements Session<Data> {
    readonly #context: RequestContext<Data>;

    constructor(context: RequestContext<Data>) {
      this.#context = context;
    }

    /** Returns the context of a session; undefined for any other value. */
    static contextOf(value: unknown): RequestContext<object> | undefined {
      return typeof value === 'object' && value !== null && #context in value ? value.#context : undefined;
    }

    /** Throws for the read of an unknown property, and only warns in production. */
    static readUnknown(session: object, name: string): void {
      const deps = contextOf(session)?.deps;
      if (deps === undefined) return;
      const message = unknownProperty(name);
      if (deps.inDevelopment) throw new TypeError(message);
      deps.warnings.warn('unknown-property', message);
    }

    get id(): string | undefined {
      return this.#access().current?.id;
    }

    get data(): DeepReadonly<Data> {
      return this.#access().data;
    }

    get userId(): string | undefined {
      return this.#access().current?.state.user?.id;
    }

    get createdAt(): Date | undefined {
      return toDate(this.#access().current?.state.createdAt);
    }

    get signedInAt(): Date | undefined {
      return toDate(this.#access().current?.state.user?.signedInAt);
    }

    get expiresAt(): Date | undefined {
      return toDate(this.#access().current?.state.expiresAt);
    }

    get ended(): Session<Data>['ended'] {
      return this.#access().ended;
    }

    get clientChanges(): readonly string[] {
      return this.#access().clientChanges;
    }

    view(): SessionView<Data> {
      const { id, data, userId, createdAt, signedInAt, expiresAt, ended, clientChanges } = this;
      return Object.freeze({ id, data, userId, createdAt, signedInAt, expiresAt, ended, clientChanges });
    }

    load(): Promise<this> {
      const context = this.#context;
      const loading = load(context);
      if (context.isLoaded) return Promise.resolve(this);
      return this.#observed(
        'load',
        loading.then(() => this),
      );
    }

    reload(...rest: readonly unknown[]): Promise<boolean> {
      refuseCallback('reload', rest);
      return this.#exclusive('reload', () => reload(this.#context));
    }

    update<R>(change: (data: Data) => ChangeResult<R, Data>): Promise<R>;
    update(patch: Partial<Data>): Promise<void>;
    update(change: DataChange<Data, unknown>): Promise<unknown> {
      return this.#observed('update', this.#update(change));
    }

    async #update(change: DataChange<Data, unknown>): Promise<unknown> {
      const context = this.#context;
      await this.#ready();
      while (context.exclusiveCall !== undefined) await context.exclusiveCall;
      return context.current === undefined
        ? context.runExclusive(() => update(context, change))
        : update(context, change);
    }

    signIn(userId: string, options: SignInOptions<Data> = {}): Promise<void> {
      return this.#exclusive('signIn', () => signIn(this.#context, userId, options));
    }

    isFresh(maxAge: Duration): boolean {
      const { current, deps } = this.#access();
      const signedInAt = current?.state.user?.signedInAt;
      return (
        signedInAt !== undefined &&
        deps.config.now() - signedInAt <= toMilliseconds('isFresh(maxAge)', maxAge)
      );
    }

    isBound(): boolean {
      const { current } = this.#access();
      return current !== undefined && isBound(current.state);
    }

    renew(...rest: readonly unknown[]): Promise<void> {
      refuseCallback('renew', rest);
      return this.#exclusive('renew', () => renew(this.#context));
    }

    finish(receipt?: ReceiptSource<Data>, options: { keepUser?: boolean } = {}): Promise<boolean> {
      return this.#exclusive('finish', () => finish(this.#context, receipt, options.keepUser === true));
    }

    destroy(...rest: readonly unknown[]): Promise<void> {
      refuseCallback('destroy', rest);
      return this.#exclusive('destroy', () => destroy(this.#context));
    }

    watch(onEnd: (end: WatchEnd) => void): () => void {
      return watch(this.#access(), onEnd);
    }

    revealToken(): string | undefined {
      return this.#access().revealToken();
    }

    /** Keeps the token and the data out of logs and responses. */
    toJSON(): object {
      const { isLoaded, current, ended } = this.#context;
      if (!isLoaded) return { loaded: false };
      return { id: current?.id, userId: current?.state.user?.id, ended: ended?.reason };
    }

    /** Returns the context for reading, once it is loaded. */
    #access(): RequestContext<Data> {
      const context = this.#context;
      if (!context.isLoaded) throw notLoaded();
      context.noteRead();
      return context;
    }

    /** Runs a call that may replace the session or its secret, once the session is loaded. */
    #exclusive<R>(name: CallName, call: () => Promise<R>): Promise<R> {
      return this.#observed(
        name,
        this.#ready().then(() => this.#context.runExclusive(call)),
      );
    }

    /** Emits that a call rejects. The app may not have awaited it; then the rejection must not end the process, which no visitor may cause. */
    #observed<R>(name: CallName, promise: Promise<R>): Promise<R> {
      const { deps } = this.#context;
      const site = deps.inDevelopment ? callSite(Reflect.get(this, name)) : undefined;
      promise.catch((error: unknown) => {
        if (error instanceof SessionError) {
          addCallSite(error, name, site);
          if (error.code === 'ERR_RESPONSE_SEALED')
            deps.warnings.warn('not-awaited', notAwaited(name, lineOf(site)));
        }
        this.#context.emitFailure(name, error);
      });
      return promise;
    }

    /** Waits for the load. It waits even if that is done, so that calls run in the order in which they were made. */
    #ready(): Promise<void> {
      this.#context.noteAccess();
      return load(this.#context);
    }
  },
);

/** Makes assignments to a class's objects throw, and `console.log` show no more than `toJSON`. */
function protect<
  Class extends {
    readonly prototype: { toJSON(): object };
    readUnknown(session: object, name: string): void;
  },
>(handle: Class): Class {
  const { prototype } = handle;
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value: prototype.toJSON,
    configurable: true,
  });
  refuseAssignments(prototype, handle.readUnknown);
  return handle;
}

/** Throws for a callback, as other session libraries take one: it would never be called. */
function refuseCallback(method: string, rest: readonly unknown[]): void {
  if (typeof rest[0] !== 'function') return;
  throw new TypeError(
    `session.${method}() takes no callback and returns a promise. Write await session.${method}() instead.`,
  );
}

function notAwaited(name: CallName, line: string | undefined): string {
  const where = line === undefined ? '' : `, called ${line},`;
  return `The response began before session.${name}()${where} could send its token, so nothing was changed. Write await session.${name}() before you send anything.`;
}

function notLoaded(): SessionError {
  return new SessionError(
    'ERR_SESSION_NOT_LOADED',
    'The session is not loaded: await session.load() first. Adapters load it before your handlers unless the option lazy is true.',
  );
}

function toDate(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}
