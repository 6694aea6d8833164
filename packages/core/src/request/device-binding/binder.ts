import { SessionError } from '../../common/errors.ts';
import type { BinderConfig, BindingContext, DeviceBinder } from '../../config/device-binder.ts';
import type { RequestView, ResponseHeader } from '../../http/request-view.ts';
import type { Transport } from '../../http/transports/transport.ts';
import { isBound } from '../../session/admission.ts';
import { acceptsCookie, bound, isServedWithoutCookie, offered } from '../../session/device/device.ts';
import type { DirectResponse } from '../../session/direct-response.ts';
import { withDevice } from '../../session/lifecycle.ts';
import type { Device, SessionState } from '../../session/session-state.ts';
import { hashSecret } from '../../session/token.ts';
import { BoundCookie } from './bound-cookie.ts';
import { drawHandle, type EndpointDeps, LATER, respond } from './endpoint.ts';

/** The checked options of `deviceBinding()`. */
export interface BinderOptions {
  readonly path: string;
  readonly lifetime: number;
  readonly bindsAll: boolean;
  readonly require: boolean;
}

/** Binds the sessions of one `Sessions`: offers, judges and confirms. */
export class Binder implements DeviceBinder {
  readonly #options: BinderOptions;
  readonly #deps: EndpointDeps;

  constructor(
    options: BinderOptions,
    { transports, renewalGrace, now, randomBytes }: BinderConfig,
    verify: EndpointDeps['verify'],
  ) {
    const { path, lifetime } = options;
    this.#options = options;
    const rules = { lifetime, grace: renewalGrace };
    this.#deps = { path, rules, cookie: new BoundCookie(transports), now, randomBytes, verify };
  }

  offer(
    { transport }: BindingContext,
    id: string,
    state: SessionState,
    now: number,
    bind: boolean = this.#options.bindsAll,
  ): SessionState {
    // A bound session is never downgraded.
    if (isBound(state)) return state;
    const { device, user } = state;
    const isOffered = bind && user !== undefined && transport.sentAutomatically;
    const challenge = drawHandle(id, this.#deps.randomBytes);
    return withDevice(state, isOffered ? offered(device, challenge, now) : undefined);
  }

  announce({ current, openedAt }: BindingContext): readonly ResponseHeader[] {
    const device = current?.state.device;
    const [latest] = device?.challenges ?? [];
    if (device?.boundAt !== null || latest === undefined || latest[1] < openedAt) return [];
    const offer = `(ES256 RS256);path="${this.#deps.path}";challenge="${latest[0]}"`;
    return [['secure-session-registration', offer, 'append']];
  }

  serves({ request }: BindingContext, { device, user }: SessionState, arrivedAt: number): boolean {
    const { rules } = this.#deps;
    if (device === undefined) return true;
    const isDue =
      this.#options.require &&
      device.boundAt === null &&
      user !== undefined &&
      arrivedAt > user.signedInAt + rules.grace;
    return (
      (!isDue && isServedWithoutCookie(device, arrivedAt, rules)) ||
      this.#hasCookie(device, request, arrivedAt)
    );
  }

  confirm(
    { passive, request, openedAt }: BindingContext,
    { snapshot, match, handedOver }: Parameters<DeviceBinder['confirm']>[1],
  ): Device | undefined {
    const { device, next } = snapshot.state;
    const isAsked = device?.boundAt === null && device.key !== '' && handedOver === undefined && !passive;
    // A renewal that has begun is confirmed first: a bound session has one token, and no other on its way.
    const isRenewed = next === undefined || match.as === 'next';
    return isAsked && isRenewed && this.#hasCookie(device, request, openedAt)
      ? bound(device, openedAt)
      : undefined;
  }

  async carryOver<Session extends Parameters<DeviceBinder['carryOver']>[1]>(
    { deps }: BindingContext,
    successor: Session,
    device: Device | undefined,
  ): Promise<Session> {
    const { id, state, base } = successor;
    if (JSON.stringify(device) === JSON.stringify(state.device)) return successor;
    try {
      const written = await deps.writer.write(id, base, {
        admission: undefined,
        ends: false,
        apply: (before) => ({ kind: 'write', state: withDevice(before, device), result: undefined }),
      });
      return { ...successor, state: written.state, base: written.base };
    } catch {
      // The browser proves again when the cookie that it has expires.
      return successor;
    }
  }

  clear({ sentAutomatically }: Transport): readonly ResponseHeader[] {
    return sentAutomatically ? [this.#deps.cookie.set('', 0)] : [];
  }

  respond(context: BindingContext): Promise<DirectResponse> | undefined {
    const { request } = context;
    // The method first: a view may have to parse the URL for its path.
    const isAsked = request.method === 'POST' && request.path === this.#deps.path;
    return isAsked ? this.#respond(context) : undefined;
  }

  async #respond(context: BindingContext): Promise<DirectResponse> {
    try {
      return await respond(this.#deps, context);
    } catch (error) {
      // The store is down, or other writers were faster. The event `store-failed` has told of the store.
      if (SessionError.is(error)) return LATER;
      throw error;
    }
  }

  #hasCookie(device: Device, request: RequestView, arrivedAt: number): boolean {
    const { cookie, rules } = this.#deps;
    return cookie.read(request).some((value) => acceptsCookie(device, hashSecret(value), arrivedAt, rules));
  }
}
