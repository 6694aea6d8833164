/** The error codes of the shop, for programs. */
export type ShopErrorCode =
  | 'bad-quantity'
  | 'cart-changed'
  | 'cookie-not-returned'
  | 'cross-site'
  | 'empty-cart'
  | 'not-found'
  | 'not-signed-in'
  | 'too-many-requests'
  | 'unknown-sku'
  | 'wrong-password';

const STATUS: Readonly<Record<ShopErrorCode, number>> = {
  'bad-quantity': 422,
  'cart-changed': 409,
  'cookie-not-returned': 400,
  'cross-site': 403,
  'empty-cart': 409,
  'not-found': 404,
  'not-signed-in': 401,
  'too-many-requests': 429,
  'unknown-sku': 422,
  'wrong-password': 401,
};

/** Additional details of an error. */
export interface ShopErrorDetails {
  /** When to try again, in seconds. */
  readonly retryAfter?: number;
  /** The e-mail address that the visitor entered, to fill in the form again. */
  readonly email?: string;
}

/** An error whose message is written for the visitor. */
export class ShopError extends Error {
  readonly code: ShopErrorCode;
  /** The HTTP status of the response. */
  readonly status: number;
  readonly details: ShopErrorDetails;

  constructor(code: ShopErrorCode, message: string, details: ShopErrorDetails = {}) {
    super(message);
    this.name = 'ShopError';
    this.code = code;
    this.status = STATUS[code];
    this.details = details;
  }
}
