import { SessionError } from '../common/errors.ts';
import type { DeepReadonly, Json } from '../common/json.ts';
import { type Client, lookAt } from '../http/client.ts';
import type { ClientDecision } from '../http/client-checks/client-check.ts';
import { isCrossSite } from '../http/cross-site.ts';
import type { RequestView } from '../http/request-view.ts';
import type { Transport } from '../http/transports/transport.ts';
import type { Admission } from '../records/change.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { dataToJson, deepFreeze, parseData, validate } from '../session/data.ts';
import type { SessionState } from '../session/session-state.ts';
import type { Ended } from '../session/session-types.ts';
import { formatToken, type Token } from '../session/token.ts';
import type { Engine, EventDetail } from './engine.ts';

/** The session that a visit holds. */
export interface Held {
  readonly id: string;
  /** The secret that was presented, or drawn in this visit. */
  readonly secret: string;
  readonly admission: Admission;
  readonly state: SessionState;
  /** The record as last seen, from which the next write starts. */
  readonly base: Snapshot | undefined;
}

/** Makes what a visit holds of a token and the record that it opens. */
export function heldBy({ id, secret }: Token, snapshot: Snapshot): Held {
  const { state } = snapshot;
  return { id, secret, admission: { generation: state.generation }, state, base: snapshot };
}

/** A token that the response is to bring the client. */
export interface Outgoing {
  readonly token: string;
  /** In milliseconds; undefined for as long as the browser runs. */
  readonly lifetime: number | undefined;
  /** The token of a timed renewal, or of a successor handed over, may be left out: other answers bring it, and one that is late could put it over a newer. */
  readonly timed:
    | { readonly sessionId: string; readonly generation: number; readonly since: number }
    | undefined;
}

/** Holds what is known of one request's session. The functions of load, grant, sign-in, finish and so on work on it. */
export class RequestVisit<Data extends object> {
  readonly engine: Engine<Data>;
  readonly request: RequestView;
  readonly passive: boolean;
  readonly openedAt: number;
  /** The transport that the request used, or else the first. */
  transport: Transport;
  held: Held | undefined = undefined;
  ended: { readonly reason: Ended; readonly receipt?: Json } | undefined = undefined;
  clientChanges: readonly string[] = NONE;
  /** What was decided on a client that differs: once for each request, however often its upkeep is repeated. */
  clientDecision: ClientDecision | undefined = undefined;
  outgoing: Outgoing | undefined = undefined;
  /** Whether the response makes the client forget its token. */
  clears = false;
  isCrossSite = false;
  isSealed = false;
  /** Whether the app looked at the session, so that the answer depends on who asks. */
  wasLookedAt = false;
  /** Whether the app asked for the token, to write it into the answer. */
  isRevealed = false;
  isLoaded = false;
  loading: Promise<void> | undefined = undefined;
  /** The call under way that replaces the session or its secret; later calls of this visit wait for it. */
  structural: Promise<unknown> | undefined = undefined;
  #data: DeepReadonly<Data> | undefined = undefined;
  #dataOf: SessionState | undefined = undefined;

  constructor(engine: Engine<Data>, request: RequestView, passive: boolean) {
    this.engine = engine;
    this.request = request;
    this.passive = passive;
    this.openedAt = engine.config.now();
    this.transport = engine.config.transports[0];
  }

  /** The data, checked and frozen at the first access. */
  get data(): DeepReadonly<Data> {
    const state = this.held?.state;
    if (this.#data === undefined || this.#dataOf !== state) {
      this.#data = state === undefined ? this.#initialShown() : this.#shownOf(state);
      this.#dataOf = state;
    }
    return this.#data;
  }

  /** The token that the client should present next, where it does not travel by itself in a cookie. */
  get token(): string | undefined {
    if (this.transport.kind === 'cookie' || this.held === undefined) return undefined;
    const { id, secret } = this.held;
    return this.outgoing?.token ?? formatToken({ id, secret }, this.engine.config.signingKeys);
  }

  /** Gives a fresh copy of the initial data, so that nobody alters what the app's function returned. */
  initialData(): Data {
    return this.readData(dataToJson(this.engine.config.initial(), 'initial data'));
  }

  /** Gives the initial data to look at. What was shown last is shown again as long as it is the same: it is frozen. A schema may give something else each time. */
  #initialShown(): DeepReadonly<Data> {
    const { engine } = this;
    if (engine.config.schema !== undefined) return deepFreeze(this.initialData());
    const initial = engine.config.initial();
    if (engine.initialShown === undefined || engine.initialShown.json !== plainJson(initial)) {
      const json = dataToJson(initial, 'initial data');
      engine.initialShown = { json, data: deepFreeze(this.readData(json)) };
    }
    return engine.initialShown.data;
  }

  /** Gives the data of a state to look at, as it was parsed for an earlier visit where nothing has changed since. */
  #shownOf(state: SessionState): DeepReadonly<Data> {
    const decoded = this.held?.base?.decoded;
    const isPlain = this.engine.config.schema === undefined && decoded?.state === state;
    // The app's word for its type is taken here too.
    return isPlain ? (decoded.data as DeepReadonly<Data>) : deepFreeze(this.readData(state.data));
  }

  /** Reads data from its JSON, checked by the schema. */
  readData(json: string): Data {
    const { schema } = this.engine.config;
    const data = parseData(json);
    // Without a schema the app's word for its type is taken: it wrote the data itself.
    return schema === undefined ? (data as Data) : validate(schema, data, 'as it was loaded');
  }

  /** Takes up a session, with the token to send where there is one. */
  hold(held: Held, outgoing: Outgoing | undefined): void {
    this.held = held;
    this.outgoing = outgoing ?? this.outgoing;
  }

  /** Takes up a session and lets its token go out. */
  issue(held: Held): void {
    this.hold(held, this.outgoingFor(held, false));
  }

  /** Notes why the presented token opens nothing. */
  noteEnded(reason: Ended, receipt?: Json): void {
    this.ended = { reason, ...(receipt !== undefined && { receipt }) };
  }

  /** Lets go of the session; the token that was to go out is void. */
  letGo(): void {
    this.held = undefined;
    this.outgoing = undefined;
  }

  /** Makes the token that goes out with the response. */
  outgoingFor({ id, secret, state }: Pick<Held, 'id' | 'secret' | 'state'>, isTimed: boolean): Outgoing {
    const { signingKeys, now } = this.engine.config;
    const remembered = state.user?.remembered === true;
    return {
      token: formatToken({ id, secret }, signingKeys),
      lifetime: remembered ? Math.max(0, state.absoluteDeadline - now()) : undefined,
      timed: isTimed ? { sessionId: id, generation: state.generation, since: now() } : undefined,
    };
  }

  /** Looks at the client as far as a record keeps it. */
  look(): Client {
    return lookAt(this.request);
  }

  /** Asks each client check what it sees. */
  observe(): Readonly<Record<string, readonly string[]>> {
    const observed: Record<string, readonly string[]> = {};
    for (const check of this.engine.config.clientChecks) {
      const seen = check.observe(this.request);
      if (seen !== undefined) observed[check.name] = [seen];
    }
    return observed;
  }

  /** Refuses to go on for a request from another site. */
  refuseCrossSite(): void {
    if (this.isCrossSite) {
      throw new SessionError(
        'ERR_CROSS_SITE',
        "The request was sent by a page of another site, so it may not write to this visitor's session. List the origin in trustedOrigins if its pages may.",
      );
    }
  }

  /** Decides the cross-site rule for cookies. */
  judgeOrigin(): boolean {
    this.isCrossSite =
      this.transport.kind === 'cookie' && isCrossSite(this.request, this.engine.config.trustedOrigins);
    return this.isCrossSite;
  }

  /** Refuses a call whose token could not reach the client any more. */
  refuseSealed(): void {
    if (this.isSealed) throw responseSealed();
  }

  /** Tells the listener of something about this request. */
  emit(detail: EventDetail, state?: SessionState, sessionId?: string): void {
    if (this.engine.config.onEvent === undefined) return;
    this.engine.emit({
      sessionId: sessionId ?? this.held?.id,
      userId: (state ?? this.held?.state)?.user?.id,
      ip: this.request.ip,
      ...detail,
    });
  }
}

const NONE: readonly string[] = [];

/** Writes a value as JSON without the check; undefined where that fails. What gives the text of data that was checked is shown that data. */
function plainJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Makes the error for a call that needs to send a token after the response began. */
export function responseSealed(): SessionError {
  return new SessionError(
    'ERR_RESPONSE_SEALED',
    'The response has begun, so a new token cannot reach the visitor any more, and nothing was changed. Await signIn, renew and the first update before you send anything.',
  );
}
