import { type Duration, toMilliseconds } from '../../common/duration.ts';
import type { DeviceBinding } from '../../config/device-binder.ts';
import { check, checkBoolean, checkKnown } from '../../config/option-checks.ts';
import { verifyProof } from '../../session/device/proof.ts';
import { Binder } from './binder.ts';

const MINUTE = 60_000;
/** Browsers refresh about two minutes before a cookie expires, and sign at most six times in nine minutes. */
const MIN_LIFETIME = 4 * MINUTE;
const MAX_LIFETIME = 24 * 60 * MINUTE;
const PATH = /^\/[\w./-]+$/;
const KNOWN: readonly string[] = ['path', 'lifetime', 'signIns', 'require'];

/** Sets how sessions are bound to devices. */
export interface DeviceBindingOptions {
  /** The path that the browser sends registrations and proofs to. The adapter responds to it, before the app's handlers. Default: `/session/device`. */
  readonly path?: string;
  /** How long a bound cookie is accepted until the browser must prove again that it has the key. 4 minutes to 24 hours. Default: 10 minutes. */
  readonly lifetime?: Duration;
  /** Which sign-ins offer a binding: `all` (default), or those that are `asked` to by `signIn(userId, { bind: true })`. */
  readonly signIns?: 'all' | 'asked';
  /**
   * Refuses a session whose sign-in offered a binding if it is not bound after `renewalGrace`, as in a browser without such keys. Default: false, so that the session goes
   * on, and `session.isBound()` says that it is not bound.
   */
  readonly require?: boolean;
}

/**
 * Binds the sessions of signed-in users to a key of the visitor's device (W3C Device Bound Session Credentials), in browsers that have such keys. A copy of the
 * cookies is then worth nothing on another device once the bound cookie has expired.
 *
 * @throws SessionError `ERR_CONFIG` if an option is unknown or invalid; `createSessions` throws it if the session's cookie cannot be bound
 * @example
 * ```ts
 * const sessions = createSessions({ store, deviceBinding: deviceBinding() });
 * ```
 */
export function deviceBinding(options: DeviceBindingOptions = {}): DeviceBinding {
  const { path = '/session/device', lifetime = '10m', signIns = 'all', require = false } = options;
  checkKnown('deviceBinding(options)', options, KNOWN);
  check(
    typeof path === 'string' && PATH.test(path),
    'deviceBinding path',
    path,
    "a path such as '/session/device'",
  );
  check(signIns === 'all' || signIns === 'asked', 'deviceBinding signIns', signIns, "'all' or 'asked'");
  checkBoolean('deviceBinding require', require);
  const milliseconds = toMilliseconds('deviceBinding lifetime', lifetime);
  const fits = milliseconds >= MIN_LIFETIME && milliseconds <= MAX_LIFETIME;
  check(
    fits,
    'deviceBinding lifetime',
    lifetime,
    '4 minutes to 24 hours; browsers cannot prove it more often',
  );
  const checked = { path, lifetime: milliseconds, bindsAll: signIns === 'all', require };
  return { attach: (config) => new Binder(checked, config, verifyProof) };
}
