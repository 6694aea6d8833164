import type { StandardSchemaV1 } from '@standard-schema/spec';
import { SessionError } from './common/errors.ts';
import { checkOptions } from './config/config.ts';
import type { SessionsOptions } from './config/options.ts';
import type { RequestView, ResponseHeader } from './http/request-view.ts';
import { Engine } from './request/engine.ts';
import { RequestVisit } from './request/request-context.ts';
import { seal } from './request/seal.ts';
import { sessionOf } from './request/session-handle.ts';
import { absoluteDeadline } from './session/expiry.ts';
import type { Session, SessionSummary, Sessions, Visit } from './session/session-types.ts';
import { isSessionId } from './session/token.ts';
import type { LivingSession } from './users/listed-sessions.ts';
import { checkUserId } from './users/user-index.ts';

/** Waits for a time. The core's only clock but for `now`, used between attempts of contending writers. */
export type Wait = (milliseconds: number) => Promise<void>;

type WithSchema<S extends StandardSchemaV1<unknown, object>> = SessionsOptions<
  StandardSchemaV1.InferOutput<S>
> & {
  readonly schema: S;
};
/** `initial` may be left out only where an empty object is valid data. */
type WithInitial<Data> = object extends Data ? unknown : { readonly initial: () => Data };

/**
 * Sets up sessions over a store. Make one for the whole app and hand it to an adapter.
 *
 * Every option is checked here: `ERR_CONFIG` names the option, what was given and what would be right.
 */
export function createSessions<S extends StandardSchemaV1<unknown, object>>(
  options: WithSchema<S> & WithInitial<StandardSchemaV1.InferOutput<S>>,
): Sessions<StandardSchemaV1.InferOutput<S>>;
export function createSessions<Data extends object>(
  options: SessionsOptions<Data> & { readonly initial: () => Data },
): Sessions<Data>;
export function createSessions<Data extends object = Record<never, never>>(
  options: SessionsOptions<Data> & WithInitial<Data>,
): Sessions<Data>;
export function createSessions<Data extends object>(options: SessionsOptions<Data>): Sessions<Data> {
  return assembleSessions(options, waitForTimer);
}

/** Sets up sessions with the waiting given too, for tests that hold every clock in their hands. */
export function assembleSessions<Data extends object>(
  options: SessionsOptions<Data>,
  wait: Wait,
): Sessions<Data> {
  return new StoredSessions(new Engine(checkOptions(options), wait), wait);
}

class StoredSessions<Data extends object> implements Sessions<Data> {
  readonly #engine: Engine<Data>;
  readonly #wait: Wait;

  constructor(engine: Engine<Data>, wait: Wait) {
    this.#engine = engine;
    this.#wait = wait;
  }

  open(request: RequestView, options?: { passive?: boolean }): Visit<Data> {
    return new SessionVisit(new RequestVisit(this.#engine, request, options?.passive === true));
  }

  async list(userId: string): Promise<SessionSummary[]> {
    checkUserId(userId);
    return (await this.#engine.users.living(userId)).flatMap(summaryOf);
  }

  async revoke(userId: string, sessionId: string): Promise<boolean> {
    checkUserId(userId);
    // What may come from a form is not a mistake of the programmer's.
    if (typeof sessionId !== 'string' || !isSessionId(sessionId)) return false;
    const ended = await this.#engine.users.end(userId, sessionId, 'revoke');
    if (ended) await this.#engine.users.prune(userId, [sessionId]);
    return ended;
  }

  async revokeUser(userId: string, options: { except?: string } = {}): Promise<number> {
    checkUserId(userId);
    const { now, timeouts, rememberTimeouts } = this.#engine.config;
    const until = Math.max(absoluteDeadline(now(), timeouts), absoluteDeadline(now(), rememberTimeouts));
    return this.#engine.users.endAll(userId, options.except, until);
  }

  async revokeAll(): Promise<void> {
    if (await this.#engine.port.clear()) return;
    throw new SessionError(
      'ERR_CONFIG',
      'revokeAll() needs a store that can clear; this one has no clear().',
    );
  }

  sweep(): Promise<number> {
    return this.#engine.sweepAll(() => this.#wait(0));
  }
}

class SessionVisit<Data extends object> implements Visit<Data> {
  readonly session: Session<Data>;
  readonly #visit: RequestVisit<Data>;

  constructor(visit: RequestVisit<Data>) {
    this.#visit = visit;
    this.session = sessionOf(visit);
  }

  seal(): readonly ResponseHeader[] {
    return seal(this.#visit);
  }
}

function summaryOf({ id, state }: LivingSession): SessionSummary[] {
  const { user, client, createdAt, lastUsedAt, expiresAt } = state;
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
      client: {
        network: client.network || undefined,
        browser: client.browser || undefined,
        platform: client.platform || undefined,
      },
    },
  ];
}

function waitForTimer(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
