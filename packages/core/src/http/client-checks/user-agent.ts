import { browserFamily, platformOf } from '../client-look.ts';
import type { ClientCheck } from './client-check.ts';

/**
 * Compares the browser's family and the operating system. Not their versions: updates come at any time.
 *
 * Danger: whoever steals a token can copy the user agent. It only raises the effort.
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
