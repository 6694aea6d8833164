import type { RandomBytes } from '../common/random.ts';
import type { RequestView, ResponseHeader } from '../http/request-view.ts';
import type { Transport } from '../http/transports/transport.ts';
import type { SessionWriter } from '../records/session-writer.ts';
import type { Snapshot } from '../records/snapshot.ts';
import type { Accepted } from '../session/admission.ts';
import type { DirectResponse } from '../session/direct-response.ts';
import type { Device, SessionState } from '../session/session-state.ts';
import type { StorePort } from '../store/store-port.ts';

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

/** What a binding needs of a request. */
export interface BindingContext {
  readonly request: RequestView;
  readonly passive: boolean;
  readonly openedAt: number;
  readonly transport: Transport;
  readonly current: { readonly state: SessionState } | undefined;
  readonly deps: { readonly port: StorePort; readonly writer: SessionWriter };
  emit(event: DeviceEvent, state?: SessionState, sessionId?: string): void;
}

/** A session as a request has it. */
interface HeldSession {
  readonly id: string;
  readonly state: SessionState;
  readonly base: Snapshot | undefined;
}

/** What the core asks of a binding. Without the option there is none, and none of its code. */
export interface DeviceBinder {
  /** Returns the state with the offer of a binding, if it is to have one. `bind` is what a sign-in asked for; undefined: what the options say. */
  offer(
    context: BindingContext,
    id: string,
    state: SessionState,
    now: number,
    bind: boolean | undefined,
  ): SessionState;
  /** Returns the headers that bring the browser an offer which this request made. */
  announce(context: BindingContext): readonly ResponseHeader[];
  /** Tells whether the session may be served to a request that arrived at a moment. */
  serves(context: BindingContext, state: SessionState, arrivedAt: number): boolean;
  /** Returns the binding that a request confirms, which is to be written; undefined if it confirms none. */
  confirm(
    context: BindingContext,
    opened: {
      readonly snapshot: Snapshot;
      readonly match: Accepted;
      readonly handedOver: object | undefined;
    },
  ): Device | undefined;
  /** Gives a successor what a proof has changed since the successor was written. */
  carryOver<Session extends HeldSession>(
    context: BindingContext,
    successor: Session,
    device: Device | undefined,
  ): Promise<Session>;
  /** Returns the headers that make the browser forget the bound cookie; none for a client without cookies. */
  clear(transport: Transport): readonly ResponseHeader[];
  /** Responds to a request that the browser sent by itself; undefined for any other. */
  respond(context: BindingContext): Promise<DirectResponse> | undefined;
}

/** What is reported of a binding by the browser's own requests. */
export type DeviceEvent =
  | { readonly type: 'device-registered' | 'device-refreshed' }
  | { readonly type: 'device-refused'; readonly reason: 'proof' | 'challenge' | 'signature' };
