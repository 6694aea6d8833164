import type { Ended } from '@coatcheck/core';
import { type Html, html } from './html.ts';
import type { Settings } from './settings.ts';
import { lengthOf } from './times.ts';
import type { ShopSession } from './visitor.ts';

/** Tells a visitor why their token opens no session. */
export interface EndNotice {
  readonly title: string;
  readonly words: string;
}

/** Explains to a visitor why their token opens no session; undefined if there is nothing to explain. */
export function endOf(session: ShopSession | undefined, settings: Settings): EndNotice | undefined {
  const reason = session?.ended?.reason;
  return reason === undefined || session?.id !== undefined ? undefined : explain(reason, settings);
}

/** Renders the same explanation as a notice. */
export function endNotice(session: ShopSession | undefined, settings: Settings): Html | undefined {
  const end = endOf(session, settings);
  return (
    end && html`<div class="notice" role="status"><p><strong>${end.title}.</strong> ${end.words}</p></div>`
  );
}

function explain(reason: Ended, settings: Settings): EndNotice | undefined {
  switch (reason) {
    case 'idle':
      return ended(`It was not used for ${lengthOf(settings.idleTimeout)}.`);
    case 'absolute':
      return ended(
        `It reached ${lengthOf(settings.absoluteTimeout)}, the maximum length of a session in this shop.`,
      );
    case 'revoked':
      return ended('It was signed out from another device, or by the shop.');
    case 'unknown':
      return ended('It was signed out, or it expired.');
    case 'retired':
      return ended(
        'Your browser sent a token that was replaced some time ago. Unless this is an old tab, sign in and check your sessions.',
      );
    case 'client':
      return ended('It was used from a different network or browser than before.');
    case 'unbound':
      return rejected('It is bound to a device, which has not proved that it is this one. Reload the page.');
    case 'unreadable':
      return ended('The server cannot read its record.');
    case 'malformed':
    case 'forged':
      return rejected('It is not a token of this shop.');
    case 'ambiguous':
      return rejected('Your browser sent two of them, for two sessions.');
    case 'finished':
    case 'cross-site':
      return undefined;
  }
}

function ended(words: string): EndNotice {
  return { title: 'Your session has ended', words };
}

function rejected(why: string): EndNotice {
  return {
    title: 'Your session cookie was rejected',
    words: `${why} You are served as a visitor without a session, and the next thing that you add to your cart sets a new cookie.`,
  };
}
