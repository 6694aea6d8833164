/** Names what the shop refuses, for programs. */
export type ShopErrorCode =
  | 'bad-quantity'
  | 'cart-changed'
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
  'cross-site': 403,
  'empty-cart': 409,
  'not-found': 404,
  'not-signed-in': 401,
  'too-many-requests': 429,
  'unknown-sku': 422,
  'wrong-password': 401,
};

/** What may be told besides. */
export interface ShopErrorDetails {
  /** When to try again, in seconds. */
  readonly retryAfter?: number;
  /** The e-mail address that the visitor typed and should not have to type again. */
  readonly email?: string;
}

/** Says what the shop will not do, in words for the visitor. */
export class ShopError extends Error {
  readonly code: ShopErrorCode;
  /** The HTTP status of the answer. */
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
