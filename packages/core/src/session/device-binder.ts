import type { Awaitable } from '../common/awaitable.ts';
import type { RandomBytes } from '../common/random.ts';
import type { RequestView, ResponseHeader } from '../http/request-view.ts';
import type { Transport } from '../http/transports/transport.ts';
import type { Device, SessionState } from './session-state.ts';

/** Binds sessions to a key of the visitor's device. Made by `deviceBinding()` of `@coatcheck/core/device-binding`. */
export interface DeviceBinding {
  /**
   * Prepares it for one `Sessions`.
   *
   * @throws SessionError `ERR_CONFIG` if the session's cookie cannot be bound
   */
  attach(config: BinderConfig): DeviceBinder;
}

/** What a binding needs of the options. */
export interface BinderConfig {
  readonly transports: readonly Transport[];
  readonly renewalGrace: number;
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
}

/** What the core asks of a binding. Without the option there is none, and none of its code. */
export interface DeviceBinder {
  /** Offers a binding to a signed-in session that has none. `bind` is what the sign-in asked for. */
  offer(id: string, state: SessionState, now: number, bind: boolean | undefined): Device | undefined;
  /** Returns the headers that bring an offer to the browser. */
  announce(state: SessionState): readonly ResponseHeader[];
  /** Tells whether the session may be served to a request that arrived at a moment. */
  serves(state: SessionState, request: RequestView, arrivedAt: number): boolean;
  /** Returns the binding that a request confirms, which is to be written; undefined if it confirms none. */
  confirm(device: Device, request: RequestView, arrivedAt: number): Device | undefined;
  /** Returns the headers that make the browser forget the bound cookie. */
  clear(): readonly ResponseHeader[];
  /** Tells whether the browser itself sent a request, to register a key or to prove that it has it. */
  isAsked(request: RequestView): boolean;
  /** Responds to such a request. */
  respond(request: DeviceRequest): Promise<DirectResponse>;
}

/** A whole response to a request of the browser itself, which no handler of the app sees. */
export interface DirectResponse {
  /** The status code. */
  readonly status: number;
  /** The headers, each of which replaces none of the others. */
  readonly headers: readonly ResponseHeader[];
  /** JSON, or empty. */
  readonly body: string;
}

/** A request of the browser itself. It may lack the token, as after a link on another site, so the session is found by what the browser was told of it. */
export interface DeviceRequest {
  readonly view: RequestView;
  /** Finds a session by its ID, or the one that goes on for it. Writes nothing. */
  find(id: string): Awaitable<FoundSession | 'gone' | 'unreadable'>;
  /** Reports what happened. */
  emit(event: DeviceEvent, session: FoundSession | undefined): void;
}

/** The session that a request of the browser itself is about. */
export interface FoundSession {
  readonly id: string;
  readonly state: SessionState;
  /**
   * Changes the binding in one atomic write, and resolves to what was written; undefined if `change` returned that. It may be called again for the version that
   * another writer left.
   *
   * @throws SessionError `ERR_SESSION_ENDED`, `ERR_SESSION_CONTENTION`, `ERR_STORE_UNAVAILABLE`
   */
  change(
    change: (device: Device | undefined, now: number) => Device | undefined,
  ): Promise<Device | undefined>;
}

/** What is reported of a binding. */
export type DeviceEvent =
  | { readonly type: 'device-registered' | 'device-refreshed' }
  | { readonly type: 'device-refused'; readonly reason: 'proof' | 'challenge' | 'signature' };
