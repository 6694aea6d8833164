import type { Ended } from '@coatcheck/core';
import { type Html, html } from './html.ts';
import type { Settings } from './settings.ts';
import { lengthOf } from './times.ts';
import type { ShopSession } from './visitor.ts';

/** Explains to a visitor why their token no longer opens a session; undefined if there is nothing to explain. */
export function endedText(session: ShopSession | undefined, settings: Settings): string | undefined {
  const reason = session?.ended?.reason;
  return reason === undefined || session?.id !== undefined ? undefined : explain(reason, settings);
}

/** Renders the same explanation as a notice for other pages. */
export function endedNotice(session: ShopSession | undefined, settings: Settings): Html | undefined {
  const text = endedText(session, settings);
  return text === undefined
    ? undefined
    : html`<div class="notice" role="status"><p><strong>Your session has ended.</strong> ${text}</p></div>`;
}

function explain(reason: Ended, settings: Settings): string | undefined {
  switch (reason) {
    case 'idle':
      return `It was not used for ${lengthOf(settings.idleTimeout)}.`;
    case 'absolute':
      return `It reached ${lengthOf(settings.absoluteTimeout)}, the maximum length of a session in this shop.`;
    case 'revoked':
      return 'It was signed out from another device, or by the shop.';
    case 'unknown':
      return 'It was signed out, or it expired.';
    case 'retired':
      return 'Your browser sent a token that was replaced some time ago. Unless this is an old tab, sign in and check your sessions.';
    case 'client':
      return 'It was used from a different network or browser than before.';
    case 'unreadable':
      return 'The server cannot read its record.';
    case 'finished':
    case 'cross-site':
    case 'malformed':
    case 'forged':
    case 'ambiguous':
      return undefined;
  }
}
