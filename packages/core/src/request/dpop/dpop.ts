import { type Duration, toMilliseconds } from '../../common/duration.ts';
import { configError } from '../../common/errors.ts';
import { check, checkKnown } from '../../config/option-checks.ts';
import type { ResponseHeader } from '../../http/request-view.ts';
import type { Transport } from '../../http/transports/transport.ts';
import { DpopProofs } from './dpop-proofs.ts';
import { Nonces } from './nonces.ts';
import { type Base, parseBase } from './target.ts';

const SECOND = 1000;
const MIN_WINDOW = 10 * SECOND;
const MAX_WINDOW = 300 * SECOND;
const MIN_KEY_LENGTH = 32;
const CREDENTIALS = /^dpop +([^ ]+) *$/i;
const KNOWN: readonly string[] = ['window', 'baseUrl', 'nonceKey'];
const NO_HEADERS: readonly ResponseHeader[] = [];

/** Sets which proofs `dpop()` accepts. */
export interface DpopOptions {
  /** How long a proof is accepted after it was made (`iat`). Clocks may differ by 10 seconds more. 10 seconds to 5 minutes. Default: 1 minute. */
  readonly window?: Duration;
  /**
   * The URL that clients know the app by, such as `https://shop.example/api`: the path that the app sees follows it. Set it behind a proxy that changes the host or the path, and if the server
   * responds for any host. Default: `https://` and the host of the request. On localhost, `http://` is accepted too.
   */
  readonly baseUrl?: string;
  /**
   * Demands a nonce of the server in each proof, and makes it with this key: at least 32 random characters, the same in all processes. A nonce is accepted for one to two
   * times `window`. Left out: no nonces. `undefined` is an error, so that an environment variable that is not set does not turn them off.
   */
  readonly nonceKey?: string;
}

/**
 * Carries the token in `Authorization: DPoP …`, and serves it only with a proof that the client has the private key which the session is bound to (RFC 9449). A copy
 * of the token is worth nothing without that key. Send the token with `session.revealToken()`.
 *
 * A session that begins here is bound at once, for good: to the key of the proof in the request that signs in. Call `dpop()` once in each process, since it remembers which proofs were used.
 *
 * @throws SessionError `ERR_CONFIG` if an option is unknown or invalid
 * @example
 * ```ts
 * createSessions({ store, transports: [cookie(), dpop()] });
 * ```
 */
export function dpop(options: DpopOptions = {}): Transport {
  checkKnown('dpop(options)', options, KNOWN);
  const window = toMilliseconds('dpop window', options.window ?? '1m');
  const fits = window >= MIN_WINDOW && window <= MAX_WINDOW;
  check(fits, 'dpop window', options.window, '10 seconds to 5 minutes');
  const { baseUrl, nonceKey } = options;
  // An environment variable that is not set must not turn the nonces off.
  const hasNonces = 'nonceKey' in options;
  const base = baseUrl === undefined ? undefined : checkBase(baseUrl);
  const nonces = hasNonces ? new Nonces(checkKey(nonceKey), window) : undefined;
  const proofs = new DpopProofs({ window, base, nonces });
  return {
    sentAutomatically: false,
    inPageOrUrl: false,
    // No two proofs are the same, so a cache never gives a response to a request with another one.
    vary: 'DPoP',
    proofs,
    read: (request) => {
      const token = CREDENTIALS.exec(request.header('authorization') ?? '')?.[1];
      return token === undefined ? [] : [token];
    },
    issue: () => NO_HEADERS,
    clear: () => NO_HEADERS,
  };
}

function checkBase(received: unknown): Base {
  const base = typeof received === 'string' ? parseBase(received) : undefined;
  if (base !== undefined) return base;
  throw configError('dpop baseUrl', received, "a URL without query such as 'https://shop.example/api'");
}

function checkKey(received: unknown): string {
  if (typeof received === 'string' && received.length >= MIN_KEY_LENGTH) return received;
  // The key stays out of the message: it may be most of a real one.
  const shown = typeof received === 'string' ? `${received.length} characters` : typeof received;
  throw configError('dpop nonceKey', shown, `a string of at least ${MIN_KEY_LENGTH} random characters`);
}
