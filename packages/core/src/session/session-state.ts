import type { Json } from '../common/json.ts';
import type { Client } from '../http/client.ts';
import type { WriteLog } from '../store/write-log.ts';

/** The state of a session, as its record stores it. Immutable: every change makes a new one. */
export interface SessionState {
  /** The IDs of the latest writes. They identify a write whose response was lost. */
  readonly writes: WriteLog;
  /** Raised by every change that invalidates earlier tokens. A request may write only in the generation that admitted it. */
  readonly generation: number;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  /** When the session ends unless it is used before; for a finished session, when its record expires. */
  readonly expiresAt: number;
  readonly absoluteDeadline: number;
  readonly secret: CurrentSecret;
  /** The secret that a timed renewal derived from the current one, until a client presents it. */
  readonly next: NextSecret | undefined;
  /** Lets a client that lost the current secret in a crash come back to it; undefined once no crash can have lost it. */
  readonly recovery: Recovery | undefined;
  /** Earlier current secrets, the latest first. */
  readonly retired: readonly RetiredSecret[];
  /** The client that began the session, signed in, or last confirmed a token. */
  readonly client: Client;
  /** The values that each client check observed, by its name, the latest first. */
  readonly observed: Readonly<Record<string, readonly string[]>>;
  readonly user: SignedIn | undefined;
  /** The device that the session is bound to, or offered to; undefined without `deviceBinding`. */
  readonly device: Device | undefined;
  readonly finish: Finish | undefined;
  /** The data as JSON; empty once the session is finished. */
  readonly data: string;
}

/** The secret that opens the session, as its hash. */
export interface CurrentSecret {
  readonly hash: string;
  /** When it was issued or confirmed. */
  readonly since: number;
}

/** A secret on its way to the client, as the nonce that derives it and its hash. */
export interface NextSecret {
  readonly nonce: string;
  readonly hash: string;
}

/**
 * How a browser that crashed before its cookies were on disk comes back from the secret before the current one. Such a browser presents that secret
 * again, after it has used the current one.
 */
export interface Recovery {
  /** Derives the current secret from the one before; undefined for a successor, whose nonce the finished session keeps. */
  readonly nonce: string | undefined;
  /**
   * `ready`: the secret before may come back once. `offered`: it came back, and the client is being sent the current secret again. `used`: the client has
   * presented the current secret again.
   */
  readonly status: 'ready' | 'offered' | 'used';
}

/** A secret that a renewal replaced. */
export interface RetiredSecret {
  readonly hash: string;
  readonly at: number;
  /** The client that confirmed its successor. */
  readonly client: Client;
}

/** The user who is signed in. */
export interface SignedIn {
  readonly id: string;
  readonly signedInAt: number;
  /** The epoch of the user's index at the sign-in. */
  readonly epoch: number;
  readonly remembered: boolean;
  /** The idle timeout of this session, in milliseconds, `Infinity` for none; left out if the options decide. */
  readonly idle?: number | undefined;
}

/** A key of the visitor's device. Once the session is bound to it, the session is served only with a cookie that the device has earned by a proof. */
export interface Device {
  /** Names the binding to the browser: the ID of the session that began it, and random bits. Empty until a key is registered. */
  readonly id: string;
  /** The public key; empty until one is registered. */
  readonly key: string;
  /** When the browser confirmed the binding; null before that. */
  readonly boundAt: number | null;
  /** The challenge for the next proof, which begins with the session's ID too, and when it was drawn, then the one before and when it was replaced. */
  readonly challenges: readonly (readonly [challenge: string, at: number])[];
  /** The hashes of the bound cookies, the latest first, and until when each lives. */
  readonly cookies: readonly (readonly [hash: string, until: number])[];
}

/** How the session ended while its record stays. */
export interface Finish {
  readonly at: number;
  /** Whether a revocation ended it, and not `finish()`. Then it has neither receipt nor successor. */
  readonly isRevoked: boolean;
  readonly receipt: Json | undefined;
  /** The user's next session, and the nonce that derives its secret. */
  readonly successor: { readonly id: string; readonly nonce: string } | undefined;
}
