import { SessionError, type SessionErrorCode } from '@coatcheck/core';
import { type Html, html } from '../html.ts';
import { endedText } from '../notice.ts';
import { ShopError, type ShopErrorCode } from '../shop-error.ts';
import type { Site, View } from '../view.ts';
import type { ShopSession } from '../visitor.ts';
import { signInPage } from './sign-in-page.ts';

/** How many bytes a form may have. */
export const MOST_BODY_BYTES = 16_384;

/** What is told of an error. */
interface Trouble {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly text: string;
  /** Where to go on. */
  readonly next: readonly [path: string, label: string];
  readonly retryAfter?: number | undefined;
}

/** Makes the page for an error, whoever threw it: the shop, the sessions or the framework. What nobody foresaw is logged, and not told. */
export function troublePage(error: unknown, session?: ShopSession): View {
  if (error instanceof ShopError && (error.code === 'wrong-password' || error.code === 'not-signed-in')) {
    const { code, message, details } = error;
    return signInPage(session, { code, message, email: details.email ?? '' });
  }
  const trouble = troubleOf(error);
  if (trouble.status >= 500) console.error(error);
  const { status, code, title, text, retryAfter } = trouble;
  return {
    status,
    title,
    main: (site) => main(trouble, site),
    json: { error: { code, message: text } },
    ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
  };
}

function main({ title, text, next: [path, label], code }: Trouble, site: Site): Html {
  // An empty or a changed cart is only what follows where the session is gone.
  const isAboutCart = code === 'empty-cart' || code === 'cart-changed';
  const ended = isAboutCart ? endedText(site.session, site.settings) : undefined;
  return html`<div class="plain">
<h1>${ended === undefined ? title : 'Your session has ended'}</h1>
<p>${ended !== undefined && `${ended} `}${text}</p>
<p><a class="button" href="${site.link(path)}">${label}</a></p>
</div>`;
}

const HOME = ['/', 'Look at the coats'] as const;
const CART = ['/cart', 'Look at the cart'] as const;

const SHOP_TROUBLE: Readonly<Record<ShopErrorCode, Pick<Trouble, 'title' | 'next'>>> = {
  'bad-quantity': { title: 'That quantity will not do', next: CART },
  'cart-changed': { title: 'That is not your present cart', next: CART },
  'cross-site': { title: 'That came from another site', next: HOME },
  'empty-cart': { title: 'Your cart is empty', next: HOME },
  'not-found': { title: 'Nothing hangs here', next: HOME },
  'not-signed-in': { title: 'Sign in first', next: ['/sign-in', 'Sign in'] },
  'too-many-requests': { title: 'Too many tries', next: HOME },
  'unknown-sku': { title: 'We do not have that', next: HOME },
  'wrong-password': { title: 'That did not open the door', next: ['/sign-in', 'Sign in'] },
};

const SESSION_TROUBLE: Partial<Record<SessionErrorCode, Omit<Trouble, 'status' | 'code'>>> = {
  ERR_CROSS_SITE: {
    title: 'That came from another site',
    text: 'A page of another site sent this form, so it was not read. Your cart and your session are as they were.',
    next: HOME,
  },
  ERR_SESSION_ENDED: {
    title: 'Your session has just ended',
    text: 'It ended in another tab or on another device while this was under way, so nothing was changed.',
    next: HOME,
  },
  ERR_SESSION_CONTENTION: {
    title: 'Too much at once',
    text: 'Many requests changed your session at the same moment, and this one was not written. Please try it again.',
    next: CART,
    retryAfter: 1,
  },
  ERR_STORE_UNAVAILABLE: {
    title: 'The cloakroom does not answer',
    text: 'The server cannot reach its session store just now. You are not signed out, and your cart is kept. Look at it before you repeat what you did.',
    next: CART,
    retryAfter: 5,
  },
  ERR_SIGN_IN_REVOKED: {
    title: 'You were not signed in',
    text: 'All sessions of this account were signed out while you were signing in. Please sign in again.',
    next: ['/sign-in', 'Sign in'],
  },
  ERR_DATA_TOO_LARGE: {
    title: 'Your cart is full',
    text: 'The session holds no more. Nothing was changed.',
    next: CART,
  },
};

function troubleOf(error: unknown): Trouble {
  if (error instanceof ShopError) {
    const { code, status, message, details } = error;
    return { status, code, text: message, retryAfter: details.retryAfter, ...SHOP_TROUBLE[code] };
  }
  const known = error instanceof SessionError ? SESSION_TROUBLE[error.code] : undefined;
  if (error instanceof SessionError && known !== undefined) {
    return { status: error.status, code: error.code, ...known };
  }
  const status = statusOf(error);
  if (status === 413) {
    return {
      status,
      code: 'body-too-large',
      title: 'That was too much',
      text: `A form may have at most ${MOST_BODY_BYTES / 1024} kB here, and this one had more. It was not read.`,
      next: HOME,
    };
  }
  if (status < 500) {
    return {
      status,
      code: 'bad-request',
      title: 'We could not read that',
      text: 'The request was not one that a page of this shop would send.',
      next: HOME,
    };
  }
  return {
    status: 500,
    code: 'internal',
    title: 'Something tore',
    text: 'The mistake is ours, and it is written down. Please try again in a moment.',
    next: HOME,
  };
}

/** Reads the status that frameworks put on their errors; 500 where there is none. */
function statusOf(error: unknown): number {
  const status: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'status') : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
