import type { Ended, SessionEvent } from '@coatcheck/core';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ShopError } from './shop-error.ts';
import { findUser } from './users.ts';

/** The reasons that may indicate guessing. A malformed token is not counted, because it makes no store call. */
const GUESSES: ReadonlySet<Ended> = new Set(['unknown', 'forged', 'retired']);

/**
 * Limits the rate of guessing passwords and session tokens.
 *
 * The events of the sessions (`onEvent`) say what to count, `rate-limiter-flexible` counts it, and the shop checks the limit before it
 * continues. It counts in this process only; with several processes, use one of that package's shared stores.
 */
export class Guard {
  /** Counts attempts to sign in to one account, from any address. */
  readonly #byAccount = new RateLimiterMemory({ keyPrefix: 'account', points: 20, duration: 15 * 60 });
  /** Counts attempts to sign in from one address, to any account. */
  readonly #byAddress = new RateLimiterMemory({ keyPrefix: 'address', points: 100, duration: 15 * 60 });
  /** Counts tokens from one address that opened no session. */
  readonly #tokens = new RateLimiterMemory({ keyPrefix: 'token', points: 300, duration: 60 });

  /** Counts the events of the sessions. */
  hear(event: SessionEvent): void {
    const ip = event.ip ?? 'unknown';
    if (event.type === 'refused' && GUESSES.has(event.reason)) {
      // Ignore the rejection above the limit: `admitVisitor` enforces it.
      this.#tokens.consume(ip).catch(() => {});
    }
    if (event.type === 'signed-in') {
      // One point is given back for a success, and no count is reset: an attacker may have an account too.
      const email = findUser(event.userId)?.email ?? '';
      this.#byAccount.reward(accountKey(email)).catch(() => {});
      this.#byAddress.reward(ip).catch(() => {});
    }
  }

  /** Counts an attempt to sign in. Throws `too-many-requests` after too many failed attempts. */
  async admitSignIn(ip: string | undefined, email: string): Promise<void> {
    try {
      await this.#byAddress.consume(ip ?? 'unknown');
      await this.#byAccount.consume(accountKey(email));
    } catch (refusal) {
      throw tooMany(refusal, 'Too many attempts to sign in.');
    }
  }

  /**
   * Throws `too-many-requests` if a visitor's token opened no session and too many other tokens from their address did not either.
   *
   * Visitors with valid tokens or none are still served: an office shares one address, and a browser keeps sending an expired token until it gets a new one.
   */
  async admitVisitor(ip: string | undefined, ended: Ended): Promise<void> {
    if (!GUESSES.has(ended)) return;
    const counted = await this.#tokens.get(ip ?? 'unknown');
    if (counted !== null && counted.remainingPoints <= 0) {
      throw tooMany(counted, 'Too many invalid session tokens came from your address.');
    }
  }
}

function accountKey(email: string): string {
  return email.trim().toLowerCase().slice(0, 100);
}

function tooMany(refusal: unknown, reason: string): unknown {
  if (!(refusal instanceof RateLimiterRes)) return refusal;
  const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
  const wait = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
  return new ShopError('too-many-requests', `${reason} Please try again in ${wait}.`, {
    retryAfter: seconds,
  });
}
