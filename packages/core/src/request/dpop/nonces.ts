import { hmacBase64url } from '#digest';

/** Makes the nonces that clients put into their proofs. They follow from a key and the time, so nothing is stored, and processes with one key accept each other's. */
export class Nonces {
  readonly #key: string;
  readonly #period: number;

  constructor(key: string, period: number) {
    this.#key = key;
    this.#period = period;
  }

  /** Returns the nonce of a moment, and with `back` the one before it. */
  at(now: number, back = 0): string {
    return hmacBase64url(this.#key, `dpop-nonce.${Math.floor(now / this.#period) - back}`);
  }

  /** Tells whether a proof's nonce is the current one or the one before: the client may have got it just before it was replaced. */
  accepts(nonce: unknown, now: number): boolean {
    return nonce === this.at(now) || nonce === this.at(now, 1);
  }
}
