import { cookie, form, query, type SessionsOptions, type Transport } from '@coatcheck/core';
import { ipAddress, userAgent } from '@coatcheck/core/client-checks';
import { deviceBinding } from '@coatcheck/core/device-binding';
import { labNow } from './lab/lab-request.ts';
import { TOKEN_FIELD } from './link.ts';
import type { Settings } from './settings.ts';
import type { ShopData } from './shop-data.ts';

/** Returns the session options that the settings determine. All other options keep their defaults. */
export function sessionOptions(
  settings: Settings,
): Pick<
  SessionsOptions<ShopData>,
  | 'idleTimeout'
  | 'absoluteTimeout'
  | 'transports'
  | 'clientChecks'
  | 'onClientChange'
  | 'deviceBinding'
  | 'now'
> {
  const { idleTimeout, absoluteTimeout, clientCheck, transport } = settings;
  return {
    idleTimeout,
    absoluteTimeout,
    transports: transport === 'query' ? [query(TOKEN_FIELD), form(TOKEN_FIELD)] : [cookieTransport(settings)],
    clientChecks: clientCheck === 'off' ? [] : [ipAddress(), userAgent()],
    onClientChange: clientCheck === 'refuse' ? 'refuse' : 'report',
    // Only a cookie can be bound.
    ...(transport === 'cookie' && { deviceBinding: deviceBinding() }),
    ...(settings.lab && { now: labNow }),
  };
}

/** Returns the transport of a shop whose token travels in a cookie. */
export function cookieTransport({ plainCookie }: Pick<Settings, 'plainCookie'>): Transport {
  return plainCookie ? cookie({ development: true }) : cookie();
}
