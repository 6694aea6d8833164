import { browserFamily, platformOf } from '../client-look.ts';
import type { ClientCheck } from './client-check.ts';

/**
 * Compares the browser family and the operating system, but not their versions, since updates come at any time.
 *
 * Danger: a thief of the token can copy the user agent too. This check only raises the effort.
 */
export function userAgent(): ClientCheck {
  return {
    name: 'user-agent',
    observe: (request) => {
      const text = request.header('user-agent');
      return text === undefined ? undefined : `${browserFamily(text)}/${platformOf(text)}`;
    },
  };
}
