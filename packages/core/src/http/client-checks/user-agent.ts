import { browserFamily, platformOf } from '../client-look.ts';
import type { ClientCheck } from './client-check.ts';

/**
 * Compares the browser family and the operating system, but not their versions, since updates come at any time. A missing user agent differs from
 * every browser.
 *
 * Danger: a thief of the token can copy the user agent too. This check only raises the effort.
 *
 * @example
 * ```ts
 * createSessions({ store, clientChecks: [userAgent()], onClientChange: 'refuse' });
 * ```
 */
export function userAgent(): ClientCheck {
  return {
    name: 'user-agent',
    observe: (request) => {
      // A missing header is compared too: leaving it out must not pass the check.
      const agent = request.header('user-agent') ?? '';
      return `${browserFamily(agent)}/${platformOf(agent)}`;
    },
  };
}
