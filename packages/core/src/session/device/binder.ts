import { SessionError } from '../../common/errors.ts';
import type { RequestView, ResponseHeader } from '../../http/request-view.ts';
import type { BinderConfig, DeviceBinder, DeviceRequest, DirectResponse } from '../device-binder.ts';
import type { Device, SessionState } from '../session-state.ts';
import { hashSecret } from '../token.ts';
import { BoundCookie } from './bound-cookie.ts';
import { acceptsCookie, bound, isServedWithoutCookie, offered } from './device.ts';
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
    id: string,
    { user, device }: SessionState,
    now: number,
    bind: boolean = this.#options.bindsAll,
  ): Device | undefined {
    // A bound session is never downgraded.
    if (device !== undefined && device.boundAt !== null) return device;
    if (user === undefined || !bind) return undefined;
    return offered(device, drawHandle(id, this.#deps.randomBytes), now);
  }

  announce({ device }: SessionState): readonly ResponseHeader[] {
    const [current] = device?.challenges ?? [];
    if (device?.boundAt !== null || current === undefined) return [];
    const offer = `(ES256 RS256);path="${this.#deps.path}";challenge="${current[0]}"`;
    return [['secure-session-registration', offer, 'append']];
  }

  serves({ device, user }: SessionState, request: RequestView, arrivedAt: number): boolean {
    const { rules } = this.#deps;
    if (device === undefined) return true;
    if (isServedWithoutCookie(device, arrivedAt, rules)) {
      const isDue = this.#options.require && user !== undefined && device.boundAt === null;
      return (
        !isDue || arrivedAt <= user.signedInAt + rules.grace || this.#hasCookie(device, request, arrivedAt)
      );
    }
    return this.#hasCookie(device, request, arrivedAt);
  }

  confirm(device: Device, request: RequestView, arrivedAt: number): Device | undefined {
    if (device.boundAt !== null || device.key === '' || !this.#hasCookie(device, request, arrivedAt))
      return undefined;
    return bound(device, arrivedAt);
  }

  clear(): readonly ResponseHeader[] {
    return [this.#deps.cookie.set('', 0)];
  }

  isAsked(request: RequestView): boolean {
    return request.method === 'POST' && request.path === this.#deps.path;
  }

  async respond(request: DeviceRequest): Promise<DirectResponse> {
    try {
      return await respond(this.#deps, request);
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
