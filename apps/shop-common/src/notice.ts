import type { Ended } from '@coatcheck/core';
import { type Html, html } from './html.ts';
import type { Settings } from './settings.ts';
import { lengthOf } from './times.ts';
import type { ShopSession } from './visitor.ts';

/** Tells a visitor why their session is gone, where their token was well formed and opens nothing any more; otherwise undefined. */
export function endedText(session: ShopSession | undefined, settings: Settings): string | undefined {
  const reason = session?.ended?.reason;
  return reason === undefined || session?.id !== undefined ? undefined : explain(reason, settings);
}

/** Shows the same as a notice on a page about something else. */
export function endedNotice(session: ShopSession | undefined, settings: Settings): Html | undefined {
  const text = endedText(session, settings);
  return text === undefined
    ? undefined
    : html`<div class="notice" role="status"><p><strong>Your session has ended.</strong> ${text}</p></div>`;
}

function explain(reason: Ended, settings: Settings): string | undefined {
  switch (reason) {
    case 'idle':
      return `It was not used for ${lengthOf(settings.idleTimeout)}, so you were signed out and the cart was put back.`;
    case 'absolute':
      return `It had lasted ${lengthOf(settings.absoluteTimeout)}, which is as long as any session lasts here.`;
    case 'unknown':
      return 'It was signed out, here or on another device, or its time was over.';
    case 'retired':
      return 'Your browser presented a token that was replaced a while ago. If this was no old tab, sign in and look at your sessions.';
    case 'client':
      return 'It was opened from another network or browser than the one that it was given to.';
    case 'unreadable':
      return 'The server cannot read what it holds of it.';
    case 'finished':
    case 'cross-site':
    case 'malformed':
    case 'forged':
    case 'ambiguous':
      return undefined;
  }
}
