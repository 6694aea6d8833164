import type { Ended, SessionEvent } from '@coatcheck/core';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ShopError } from './shop-error.ts';
import { findUser } from './users.ts';

/** Why a well-formed token opens nothing where somebody guesses. A malformed one is no guess, and costs the store nothing. */
const GUESSES: ReadonlySet<Ended> = new Set(['unknown', 'forged', 'retired']);

/**
 * Slows down whoever guesses: passwords, or session tokens.
 *
 * The sessions tell by their events (`onEvent`) what is to be counted, `rate-limiter-flexible` counts it, and the shop asks before it
 * goes on. It counts in this process only; several processes want one of that package's shared stores.
 */
export class Guard {
  /** Attempts to sign in to one account, from whichever address. */
  readonly #byAccount = new RateLimiterMemory({ keyPrefix: 'account', points: 20, duration: 15 * 60 });
  /** Attempts to sign in from one address, to whichever account. */
  readonly #byAddress = new RateLimiterMemory({ keyPrefix: 'address', points: 100, duration: 15 * 60 });
  /** Tokens from one address that opened nothing. */
  readonly #tokens = new RateLimiterMemory({ keyPrefix: 'token', points: 300, duration: 60 });

  /** Counts what the sessions tell of. */
  hear(event: SessionEvent): void {
    const ip = event.ip ?? 'unknown';
    if (event.type === 'refused' && GUESSES.has(event.reason)) {
      // It rejects where the limit is passed. Nobody is refused here: `admitVisitor` asks.
      this.#tokens.consume(ip).catch(() => {});
    }
    if (event.type === 'signed-in') {
      // One point is given back for a success, and no count is reset: an attacker may have an account too.
      const email = findUser(event.userId)?.email ?? '';
      this.#byAccount.reward(accountKey(email)).catch(() => {});
      this.#byAddress.reward(ip).catch(() => {});
    }
  }

  /** Counts an attempt to sign in. Throws `too-many-requests` where there were too many without a success. */
  async admitSignIn(ip: string | undefined, email: string): Promise<void> {
    try {
      await this.#byAddress.consume(ip ?? 'unknown');
      await this.#byAccount.consume(accountKey(email));
    } catch (refusal) {
      throw tooMany(refusal, 'Too many attempts to sign in.');
    }
  }

  /**
   * Throws `too-many-requests` where a visitor's token opened nothing, and too many others from their address did not either.
   *
   * Everybody else at that address is served: an office shares one, and a dead token is sent until there is a new one.
   */
  async admitVisitor(ip: string | undefined, ended: Ended): Promise<void> {
    if (!GUESSES.has(ended)) return;
    const counted = await this.#tokens.get(ip ?? 'unknown');
    if (counted !== null && counted.remainingPoints <= 0) {
      throw tooMany(counted, 'Too many session tokens from your address opened nothing.');
    }
  }
}

function accountKey(email: string): string {
  return email.trim().toLowerCase().slice(0, 100);
}

function tooMany(refusal: unknown, what: string): unknown {
  if (!(refusal instanceof RateLimiterRes)) return refusal;
  const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
  const wait = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
  return new ShopError('too-many-requests', `${what} Please try again in ${wait}.`, { retryAfter: seconds });
}
