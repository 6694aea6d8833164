import { SessionError, type SessionErrorCode } from '@coatcheck/core';
import { type Html, html } from '../html.ts';
import { labRequests } from '../lab/lab-request.ts';
import { endOf } from '../notice.ts';
import { ShopError, type ShopErrorCode } from '../shop-error.ts';
import type { Site, View } from '../view.ts';
import type { ShopSession } from '../visitor.ts';
import { signInPage } from './sign-in-page.ts';

/** The maximum size of a request body, in bytes. */
export const MAX_BODY_BYTES = 16_384;

/** The page of an error. */
interface Trouble {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly text: string;
  /** The link to continue with; `again` leads to the page that the visitor wanted. */
  readonly next: readonly [path: string, label: string] | 'again';
  readonly retryAfter?: number | undefined;
}

/** Returns the page for an error of the shop, the sessions or the framework. An unexpected error is logged, and its details are not shown. */
export function troublePage(error: unknown, session?: ShopSession): View {
  if (error instanceof ShopError && (error.code === 'wrong-password' || error.code === 'not-signed-in')) {
    const { code, message, details } = error;
    return signInPage(session, { code, message, email: details.email ?? '' });
  }
  const trouble = troubleOf(error);
  // The lab breaks the store on purpose.
  if (trouble.status >= 500 && labRequests.getStore() === undefined) console.error(error);
  const { status, code, title, text, retryAfter } = trouble;
  return {
    status,
    title,
    error: code,
    explainsEnd: isAboutCart(trouble),
    main: (site) => main(trouble, site),
    json: { error: { code, message: text } },
    ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
  };
}

/** If the session has ended, that is the reason why the cart is empty or different. */
function isAboutCart({ code }: Trouble): boolean {
  return code === 'empty-cart' || code === 'cart-changed';
}

function main(trouble: Trouble, site: Site): Html {
  const { title, text, next } = trouble;
  const end = isAboutCart(trouble) ? endOf(site.session, site.settings) : undefined;
  const [path, label] = next === 'again' ? [pageOf(site.path), 'Try again'] : next;
  return html`<div class="plain">
<h1>${end?.title ?? title}</h1>
<p>${end !== undefined && `${end.words} `}${text}</p>
<p><a class="button" href="${site.link(path)}">${label}</a></p>
</div>`;
}

/** Returns the page to try again: the path itself, or the page whose form posted to it. A repeated post might do the same thing twice. */
function pageOf(path: string): string {
  if (path.startsWith('/cart') || path === '/checkout') return '/cart';
  if (path.startsWith('/account') || path === '/sign-out') return '/account';
  return path;
}

const HOME = ['/', 'Browse the coats'] as const;
const CART = ['/cart', 'Go to the cart'] as const;

const SHOP_TROUBLE: Readonly<Record<ShopErrorCode, Pick<Trouble, 'title' | 'next'>>> = {
  'bad-quantity': { title: 'Invalid quantity', next: CART },
  'cart-changed': { title: 'Your cart has changed', next: CART },
  'cookie-not-returned': {
    title: 'Your browser did not send the cookie back',
    next: ['/help', 'Read about cookies'],
  },
  'cross-site': { title: 'Request from another site', next: HOME },
  'empty-cart': { title: 'Your cart is empty', next: HOME },
  'not-found': { title: 'Page not found', next: HOME },
  'not-signed-in': { title: 'Sign in first', next: ['/sign-in', 'Sign in'] },
  'too-many-requests': { title: 'Too many attempts', next: HOME },
  'unknown-sku': { title: 'Product not found', next: HOME },
  'wrong-password': { title: 'Sign-in failed', next: ['/sign-in', 'Sign in'] },
};

const SESSION_TROUBLE: Partial<Record<SessionErrorCode, Omit<Trouble, 'status' | 'code'>>> = {
  ERR_CROSS_SITE: {
    title: 'Request from another site',
    text: 'A page of another site sent this form, so it was ignored. Your cart and your session have not changed.',
    next: HOME,
  },
  ERR_SESSION_ENDED: {
    title: 'Your session has just ended',
    text: 'It ended in another tab or on another device during this request, so nothing was changed.',
    next: HOME,
  },
  ERR_SESSION_CONTENTION: {
    title: 'Too many changes at once',
    text: 'Many requests were changing your session, so this change was not saved. Please try again.',
    next: 'again',
    retryAfter: 1,
  },
  ERR_STORE_UNAVAILABLE: {
    title: 'The session store is unavailable',
    text: 'The server cannot reach its session store right now. You are not signed out, and your cart is kept. If you were changing your cart, look at it first: the change may have been saved.',
    next: 'again',
    retryAfter: 5,
  },
  ERR_SIGN_IN_REVOKED: {
    title: 'You were not signed in',
    text: 'All sessions of this account were signed out while you were signing in. Please sign in again.',
    next: ['/sign-in', 'Sign in'],
  },
  ERR_DATA_TOO_LARGE: {
    title: 'Your cart is full',
    text: 'The session has reached its maximum size. Nothing was changed.',
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
      title: 'Request too large',
      text: `A form may have at most ${MAX_BODY_BYTES / 1024} kB; this one was larger and was ignored.`,
      next: HOME,
    };
  }
  if (status < 500) {
    return {
      status,
      code: 'bad-request',
      title: 'Invalid request',
      text: 'The request could not be read.',
      next: HOME,
    };
  }
  return {
    status: 500,
    code: 'internal',
    title: 'Something went wrong',
    text: 'This is our fault, and it has been logged. Please try again in a moment.',
    next: HOME,
  };
}

/** Returns the client error status that a framework put on an error; otherwise 500. */
function statusOf(error: unknown): number {
  const status: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'status') : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
