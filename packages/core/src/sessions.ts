import type { StandardSchemaV1 } from '@standard-schema/spec';
import { configError, SessionError } from './common/errors.ts';
import type { Jsonable } from './common/json.ts';
import { checkOptions } from './config/config.ts';
import type { SessionsOptions } from './config/options.ts';
import type { RequestView, ResponseHeader } from './http/request-view.ts';
import { end, inspect } from './request/by-id.ts';
import { assembleDeps, type Deps, type Wait } from './request/deps.ts';
import { load, refuseCrossSiteWrite } from './request/load.ts';
import { RequestContext } from './request/request-context.ts';
import { noHeader, type ReadHeader, seal } from './request/seal.ts';
import { contextOf, sessionHandle } from './request/session-handle.ts';
import { isBound } from './session/admission.ts';
import type { DirectResponse } from './session/direct-response.ts';
import { absoluteDeadline } from './session/expiry.ts';
import type { Session } from './session/session-types.ts';
import type { SessionInspection, SessionSummary, Sessions } from './session/sessions-types.ts';
import { drawToken, isSessionId } from './session/token.ts';
import type { OpenOptions, Visit } from './session/visit.ts';
import { checkStore } from './store/check-store.ts';
import type { LiveSession } from './users/listed-sessions.ts';
import { checkUserId } from './users/user-index.ts';

type WithSchema<S extends StandardSchemaV1<unknown, object>> = SessionsOptions<
  StandardSchemaV1.InferOutput<S>
> & {
  readonly schema: S;
};
/** Data must be JSON. The error stands at `initial`, and names the property. */
type WithJson<Data> = Data extends Jsonable<Data> ? unknown : { readonly initial: () => Jsonable<Data> };
/** `initial` may be left out only if an empty object is valid data. */
type WithInitial<Data> = object extends Data ? unknown : { readonly initial: () => Data };

/**
 * Creates sessions over a store. Call it once for the whole app and pass the result to an adapter. No I/O.
 *
 * @throws SessionError `ERR_CONFIG` if an option is unknown or invalid. The message names the option, what was received and what to write instead.
 * @example
 * ```ts
 * const sessions = createSessions({
 *   store: memoryStore(),
 *   initial: () => ({ cart: [] as string[] }),
 *   idleTimeout: '30m',
 * });
 * ```
 */
export function createSessions<S extends StandardSchemaV1<unknown, object>>(
  options: WithSchema<S> &
    WithInitial<StandardSchemaV1.InferOutput<S>> &
    WithJson<StandardSchemaV1.InferOutput<S>>,
): Sessions<StandardSchemaV1.InferOutput<S>>;
export function createSessions<Data extends object>(
  options: SessionsOptions<Data> & { readonly initial: () => Data } & WithJson<Data>,
): Sessions<Data>;
export function createSessions<Data extends object = Record<never, never>>(
  options: SessionsOptions<Data> & WithInitial<Data> & WithJson<Data>,
): Sessions<Data>;
export function createSessions<Data extends object>(options: SessionsOptions<Data>): Sessions<Data> {
  const isolatesRequests = isWorkerd();
  return assembleSessions(options, waitForTimer, isolatesRequests, isolatesRequests, waitInBackground);
}

/** Creates sessions that wait by the given function, for tests that control every clock. */
export function assembleSessions<Data extends object>(
  options: SessionsOptions<Data>,
  wait: Wait,
  isolatesRequests = false,
  sharesByStore = false,
  inBackground: Wait = wait,
): Sessions<Data> {
  const config = checkOptions(options);
  if (config.broadcast && isolatesRequests) {
    throw configError(
      'broadcast',
      true,
      'false or left out on Cloudflare Workers, where no connection outlives its request',
    );
  }
  return new StoredSessions(assembleDeps(config, wait, isolatesRequests, sharesByStore, inBackground));
}

class StoredSessions<Data extends object> implements Sessions<Data> {
  readonly #deps: Deps<Data>;

  constructor(deps: Deps<Data>) {
    this.#deps = deps;
  }

  open(request: RequestView, options?: OpenOptions): Visit<Data> {
    return new OpenedVisit(new RequestContext(this.#deps, request, options));
  }

  mountedVisit(value: unknown): Visit<unknown> | undefined {
    const context = contextOf(value);
    return context?.deps === this.#deps && context.isMounted ? new OpenedVisit(context) : undefined;
  }

  async list(userId: string): Promise<SessionSummary[]> {
    checkUserId(userId);
    return (await this.#deps.users.live(userId)).flatMap(summaryOf);
  }

  async revoke(userId: string, sessionId: string): Promise<boolean> {
    checkUserId(userId);
    // The ID may come from a form, so an invalid one is not a programming error.
    if (typeof sessionId !== 'string' || !isSessionId(sessionId)) return false;
    const { users } = this.#deps;
    const ended = await users.end(userId, sessionId, 'revoke');
    if (ended) await users.unlist(userId, [sessionId]);
    return ended;
  }

  async revokeUser(userId: string, options: { except?: string | undefined } = {}): Promise<number> {
    checkUserId(userId);
    const { timeouts, rememberTimeouts } = this.#deps.config;
    const now = this.#deps.config.now();
    const until = Math.max(absoluteDeadline(now, timeouts), absoluteDeadline(now, rememberTimeouts));
    return this.#deps.users.endAll(userId, options.except, until);
  }

  inspect(sessionId: string): Promise<SessionInspection<Data> | undefined> {
    return inspect(this.#deps, sessionId);
  }

  end(sessionId: string): Promise<boolean> {
    return end(this.#deps, sessionId);
  }

  async revokeAll(): Promise<void> {
    if (await this.#deps.port.clear()) {
      this.#deps.broadcast?.announceAll();
      return;
    }
    throw new SessionError(
      'ERR_CONFIG',
      'revokeAll() needs a store with a clear() method; this store has none. Use a store that has it, or call revokeUser() for each user.',
    );
  }

  sweep(): Promise<number> {
    return this.#deps.sweeper.sweepAll();
  }

  check(): Promise<void> {
    const { config, port } = this.#deps;
    return checkStore(port, drawToken(config.randomBytes).id, config.now(), config.randomBytes);
  }
}

class OpenedVisit<Data extends object> implements Visit<Data> {
  readonly session: Session<Data>;
  readonly #context: RequestContext<Data>;

  constructor(context: RequestContext<Data>) {
    this.#context = context;
    this.session = sessionHandle(context);
  }

  load(): Promise<unknown> | undefined {
    void load(this.#context);
    return this.#context.isLoaded ? undefined : this.session.load();
  }

  respond(): Promise<DirectResponse> | undefined {
    return this.#context.deps.config.deviceBinding?.respond(this.#context);
  }

  mount(): void {
    this.#context.isMounted = true;
  }

  reserveId(): string {
    return this.#context.reserveId();
  }

  repeatToken(): void {
    this.#context.repeatToken();
  }

  refuseCrossSite(): void {
    refuseCrossSiteWrite(this.#context);
  }

  seal(readHeader: ReadHeader = noHeader): readonly ResponseHeader[] {
    return seal(this.#context, readHeader);
  }
}

function summaryOf({ id, snapshot }: LiveSession): SessionSummary[] {
  const { user, client, createdAt, lastUsedAt, expiresAt } = snapshot.state;
  if (user === undefined) return [];
  return [
    {
      id,
      userId: user.id,
      createdAt: new Date(createdAt),
      signedInAt: new Date(user.signedInAt),
      lastSeenAt: new Date(lastUsedAt),
      expiresAt: new Date(expiresAt),
      remembered: user.remembered,
      bound: isBound(snapshot.state),
      client: {
        network: client.network || undefined,
        browser: client.browser || undefined,
        platform: client.platform || undefined,
      },
    },
  ];
}

/** Tells whether this is workerd, the runtime of Cloudflare Workers. */
function isWorkerd(): boolean {
  const { navigator }: { readonly navigator?: { readonly userAgent?: unknown } } = globalThis;
  return navigator?.userAgent === 'Cloudflare-Workers';
}

function waitForTimer(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Waits by a timer that does not keep the process alive. */
function waitInBackground(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer: unknown = setTimeout(resolve, milliseconds);
    // A number in runtimes without Node's timers.
    if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
      timer.unref();
  });
}
