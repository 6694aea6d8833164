import { SessionError } from '../common/errors.ts';
import type { DeepReadonly, Json } from '../common/json.ts';
import { type Client, lookAt } from '../http/client.ts';
import type { ClientDecision } from '../http/client-checks/client-check.ts';
import { describeCrossSite } from '../http/cross-site.ts';
import type { RequestView, ResponseHeader } from '../http/request-view.ts';
import { SafeRequestView } from '../http/safe-request-view.ts';
import type { Transport, VerifiedProof } from '../http/transports/transport.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { freeze } from '../session/data.ts';
import type { SessionState } from '../session/session-state.ts';
import type { Ended } from '../session/session-types.ts';
import { drawToken, formatToken, type Token } from '../session/token.ts';
import type { OpenOptions } from '../session/visit.ts';
import type { CurrentSession, OutgoingToken } from './current-session.ts';
import type { Deps } from './deps.ts';
import type { EventDetail } from './event-sink.ts';

/** The state of one request. Loading, updating, signing in, finishing and so on are functions of it. */
export class RequestContext<Data extends object> {
  readonly deps: Deps<Data>;
  readonly request: SafeRequestView;
  /** What the adapter said of this request. */
  readonly options: OpenOptions;
  /** Whether an adapter sends the token of this request. */
  isMounted = false;
  /** What the request has proven; undefined unless its transport has proofs. */
  proof: VerifiedProof | undefined = undefined;
  /** When the request arrived, in milliseconds since the epoch. */
  readonly openedAt: number;
  #transport: Transport;
  #presented: readonly string[] | undefined = undefined;
  #current: CurrentSession | undefined = undefined;
  #ended: { readonly reason: Ended; readonly receipt?: Json } | undefined = undefined;
  #outgoing: OutgoingToken | undefined = undefined;
  #clientDecision: ClientDecision | undefined = undefined;
  #isLoadedLate = false;
  #clientChanges: readonly string[] = NONE;
  #clearsToken = false;
  #origin: 'same-site' | 'planted' | 'cross-site' = 'same-site';
  #isSealed = false;
  #isAccessed = false;
  #isShareable = false;
  #isRevealed = false;
  #isLoaded = false;
  #loading: Promise<void> | undefined = undefined;
  #exclusiveCall: Promise<void> | undefined = undefined;
  #reserved: Token | undefined = undefined;
  #presentsCurrent = false;
  #wantsRepeat = false;
  #data: DeepReadonly<Data> | undefined = undefined;
  #dataState: SessionState | undefined = undefined;

  constructor(deps: Deps<Data>, request: RequestView, options: OpenOptions = NO_OPTIONS) {
    this.deps = deps;
    this.request = new SafeRequestView(request);
    this.options = options;
    this.openedAt = deps.config.now();
    this.#transport = deps.config.transports[0];
  }

  /** The transport whose token the request presented, otherwise the first. */
  get transport(): Transport {
    return this.#transport;
  }

  /** Whether reading alone writes nothing. */
  get passive(): boolean {
    return this.options.passive === true;
  }

  /** Records which tokens the request presents, by which transport, and whether a page of another site sent it. */
  noteArrival(arrival: {
    readonly transport: Transport;
    readonly tokens: readonly string[];
    readonly origin: 'same-site' | 'planted' | 'cross-site';
  }): readonly string[] {
    this.#transport = arrival.transport;
    this.#presented = arrival.tokens;
    this.#origin = arrival.origin;
    return arrival.tokens;
  }

  /** The presented tokens; undefined until they are read. */
  get presented(): readonly string[] | undefined {
    return this.#presented;
  }

  /** Whether a page of another site sent this request to change something, or planted its token. It has no session, and may not begin one. */
  get isCrossSite(): boolean {
    return this.#origin !== 'same-site';
  }

  /** Whether a page of another site sent this request to change something. */
  get isCrossSiteWrite(): boolean {
    return this.#origin === 'cross-site';
  }

  /** Throws `ERR_CROSS_SITE` for a call that would change something on behalf of another site. */
  refuseCrossSite(): void {
    if (this.isCrossSite) throw crossSite(this);
  }

  /** Begins the load, which runs once for each request. */
  startLoading(loading: Promise<void>): Promise<void> {
    this.#loading = loading;
    return loading;
  }

  /** The load that has begun, finished or not. */
  get loading(): Promise<void> | undefined {
    return this.#loading;
  }

  finishLoading(): void {
    this.#isLoaded = true;
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Makes a session the current one, with the token to send, if any. */
  setCurrent(current: CurrentSession, outgoing?: OutgoingToken): void {
    this.#current = current;
    this.#outgoing = outgoing ?? this.#outgoing;
  }

  /** Makes a session the current one and sends its token. */
  issue(current: CurrentSession): void {
    this.setCurrent(current, this.outgoingToken(current));
  }

  /** Takes over what a write left of a session, unless another one has become the current one. */
  refreshCurrent(id: string, state: SessionState, base: Snapshot | undefined): void {
    if (this.#current?.id === id) this.#current = { ...this.#current, state, base };
  }

  /** Leaves the request without a session. A token that was to go out is dropped. */
  clearCurrent(): void {
    this.#current = undefined;
    this.#outgoing = undefined;
  }

  get current(): CurrentSession | undefined {
    return this.#current;
  }

  get outgoing(): OutgoingToken | undefined {
    return this.#outgoing;
  }

  /** Returns the ID of the current session, or that of the session which this request grants next. */
  reserveId(): string {
    if (this.#current !== undefined) return this.#current.id;
    this.#reserved ??= drawToken(this.deps.config.randomBytes);
    return this.#reserved.id;
  }

  /** Returns the token for a new session: the one with the reserved ID, once. */
  takeToken(): Token {
    const token = this.#reserved ?? drawToken(this.deps.config.randomBytes);
    this.#reserved = undefined;
    return token;
  }

  /** Records whether the presented token is the session's current one. */
  notePresented(isCurrent: boolean): void {
    this.#presentsCurrent = isCurrent;
  }

  /** Makes the response send the presented token again, with a fresh lifetime. */
  repeatToken(): void {
    this.#wantsRepeat = true;
  }

  get repeatsToken(): boolean {
    return this.#wantsRepeat && this.#presentsCurrent;
  }

  /** Makes the response clear the client's token. */
  clearToken(): void {
    this.#clearsToken = true;
  }

  get clearsToken(): boolean {
    return this.#clearsToken;
  }

  /** Records why the presented token opens no session. */
  noteEnded(reason: Ended, receipt?: Json): void {
    // Frozen: the record may be cached, and another request may read the same receipt.
    freeze(receipt);
    this.#ended = Object.freeze({ reason, ...(receipt !== undefined && { receipt }) });
  }

  /** Records that the presented token was good when the request arrived, but was replaced while it was held open. */
  noteLoadedLate(): void {
    this.#isLoadedLate = true;
  }

  get isLoadedLate(): boolean {
    return this.#isLoadedLate;
  }

  get ended(): { readonly reason: Ended; readonly receipt?: Json } | undefined {
    return this.#ended;
  }

  /** Records what was decided about a client that differs. It is decided once for each request, however often the upkeep is retried. */
  noteClientDecision(decision: ClientDecision, changes: readonly string[]): void {
    this.#clientDecision = decision;
    if (decision !== 'accept') this.#clientChanges = changes;
  }

  get clientDecision(): ClientDecision | undefined {
    return this.#clientDecision;
  }

  get clientChanges(): readonly string[] {
    return this.#clientChanges;
  }

  /** Records that the app uses the session, so that the response depends on it, and tells the adapter the first time. */
  noteAccess(): void {
    if (this.#isAccessed || this.#isSealed) return;
    this.#isAccessed = true;
    this.options.onAccess?.(this.vary);
  }

  /** Records that the app reads the session. If it never did before the headers left, a cache cannot know, so it warns. */
  noteRead(): void {
    this.noteAccess();
    if (this.#isShareable) this.deps.warnings.warn('late-read', LATE_READ);
  }

  /** The `Vary` headers of a response that depends on the session. */
  get vary(): readonly ResponseHeader[] {
    return this.deps.vary.get(this.#transport) ?? NO_HEADERS;
  }

  /** Records that the response left as one that caches may store for everybody. */
  noteShareable(): void {
    this.#isShareable = true;
  }

  get isAccessed(): boolean {
    return this.#isAccessed;
  }

  /** Returns the token that the client should present next, and records that the response may contain it; undefined for a token that the browser sends by itself. */
  revealToken(): string | undefined {
    if (this.#transport.sentAutomatically || this.#current === undefined) return undefined;
    this.#isRevealed = true;
    return this.#outgoing?.token ?? formatToken(this.#current, this.deps.config.signingKeys);
  }

  get isRevealed(): boolean {
    return this.#isRevealed;
  }

  /** Records that the response's headers leave: no token can go out any more. */
  seal(): void {
    this.#isSealed = true;
  }

  get isSealed(): boolean {
    return this.#isSealed;
  }

  /** Throws `ERR_RESPONSE_SEALED` for a call whose token could not reach the client any more. */
  refuseSealed(): void {
    if (this.#isSealed) throw responseSealed();
  }

  /** The call under way that may replace the session or its secret; undefined if there is none. It never rejects. */
  get exclusiveCall(): Promise<void> | undefined {
    return this.#exclusiveCall;
  }

  /** Runs a call that may replace the session or its secret. One runs at a time; later calls of this request wait until it is done. */
  async runExclusive<R>(call: () => Promise<R>): Promise<R> {
    // Nothing may be awaited between the last check and taking the turn, otherwise two calls that waited would both go on.
    while (this.#exclusiveCall !== undefined) await this.#exclusiveCall;
    const running = call();
    const done = () => {
      this.#exclusiveCall = undefined;
    };
    this.#exclusiveCall = running.then(done, done);
    return running;
  }

  /** The data, checked and frozen at the first access after each change. */
  get data(): DeepReadonly<Data> {
    const state = this.#current?.state;
    if (this.#data === undefined || this.#dataState !== state) {
      const { data } = this.deps;
      this.#data = state === undefined ? data.frozenInitial() : data.frozen(state, this.#current?.base);
      this.#dataState = state;
    }
    return this.#data;
  }

  /** Makes the token that goes out with the response. */
  outgoingToken(
    { id, secret, state }: Pick<CurrentSession, 'id' | 'secret' | 'state'>,
    how: { readonly isRepeatable: boolean } = { isRepeatable: false },
  ): OutgoingToken {
    const { signingKeys, now } = this.deps.config;
    const isRemembered = state.user?.remembered === true;
    return {
      token: formatToken({ id, secret }, signingKeys),
      lifetime: isRemembered ? Math.max(0, state.absoluteDeadline - now()) : undefined,
      repeatable: how.isRepeatable
        ? { sessionId: id, generation: state.generation, since: now() }
        : undefined,
    };
  }

  /** Returns the client as a record keeps it. */
  client(): Client {
    return lookAt(this.request);
  }

  /** Runs the client checks and returns the value that each one observed. */
  observe(): Readonly<Record<string, readonly string[]>> {
    const observed: Record<string, readonly string[]> = {};
    for (const check of this.deps.config.clientChecks) {
      const seen = check.observe(this.request);
      if (seen !== undefined) observed[check.name] = [seen];
    }
    return observed;
  }

  /** Emits an event about this request. */
  emit(detail: EventDetail, state?: SessionState, sessionId?: string): void {
    const { events } = this.deps;
    if (!events.isHeard) return;
    events.emit(
      {
        sessionId: sessionId ?? this.#current?.id,
        userId: (state ?? this.#current?.state)?.user?.id,
        ip: this.request.ip,
        ...detail,
      },
      this.options,
    );
  }

  /** Emits that a call failed. The app may have forgotten to await it, so this must not be the only way to notice. */
  emitFailure(call: Extract<EventDetail, { type: 'call-failed' }>['call'], error: unknown): void {
    const code = error instanceof SessionError ? error.code : undefined;
    this.emit({ type: 'call-failed', call, code });
  }
}

const NO_OPTIONS: OpenOptions = {};
const NONE: readonly string[] = Object.freeze([]);
const NO_HEADERS: readonly ResponseHeader[] = [];
const LATE_READ =
  'The app used the session for the first time after the response had begun, so the response has no Vary header and a cache may serve it to other visitors. Read the session before you send anything, or set Cache-Control: private.';

/** Makes the error for a write that a page of another site sent. */
export function crossSite({ request, deps }: RequestContext<object>): SessionError {
  const seen = describeCrossSite(request, deps.config.trustedOrigins);
  return new SessionError(
    'ERR_CROSS_SITE',
    `A page of another site seems to have sent the request, so it may not change this visitor's session. ${seen}`,
  );
}

/** Makes the error for a call that must send a token after the response has begun. */
export function responseSealed(): SessionError {
  return new SessionError(
    'ERR_RESPONSE_SEALED',
    'The response has begun, so a new token cannot reach the client any more, and nothing was changed. Await signIn(), renew() and the first update() before you send anything.',
  );
}
