import { cookie, form, query, type SessionsOptions } from '@coatcheck/core';
import { ipAddress, userAgent } from '@coatcheck/core/client-checks';
import { TOKEN_FIELD } from './link.ts';
import type { Settings } from './settings.ts';
import type { ShopData } from './shop-data.ts';

/** Returns the session options that the settings determine. All other options keep their defaults. */
export function sessionOptions(
  settings: Settings,
): Pick<
  SessionsOptions<ShopData>,
  'idleTimeout' | 'absoluteTimeout' | 'transports' | 'clientChecks' | 'onClientChange'
> {
  const { idleTimeout, absoluteTimeout, clientCheck, transport, plainCookie } = settings;
  return {
    idleTimeout,
    absoluteTimeout,
    transports:
      transport === 'query'
        ? [query(TOKEN_FIELD), form(TOKEN_FIELD)]
        : [plainCookie ? cookie({ development: true }) : cookie()],
    clientChecks: clientCheck === 'off' ? [] : [ipAddress(), userAgent()],
    onClientChange: clientCheck === 'refuse' ? 'refuse' : 'report',
  };
}
