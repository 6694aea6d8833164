import type { Json } from '../common/json.ts';
import type { Client } from '../http/client.ts';
import type { WriteLog } from '../store/write-log.ts';

/** What a session is, as its record's body tells. Every change makes a new one. */
export interface SessionState {
  /** By it a write whose answer was lost is recognised. */
  readonly writes: WriteLog;
  /** Raised by whatever kills earlier tokens. A visit may write only in the generation that it was admitted in. */
  readonly generation: number;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  /** When it ends unless it is used before; a finished session's record: until when it is kept. */
  readonly expiresAt: number;
  readonly absoluteDeadline: number;
  readonly secret: CurrentSecret;
  /** The secret that a timed renewal derived from the current one, until a client presents it. */
  readonly next: NextSecret | undefined;
  /** Secrets that were current before, the latest first. */
  readonly retired: readonly RetiredSecret[];
  /** The client that was granted, signed in or last confirmed. */
  readonly client: Client;
  /** What each client check saw, by its name, the latest first. */
  readonly observed: Readonly<Record<string, readonly string[]>>;
  readonly user: SignedIn | undefined;
  readonly finish: Finish | undefined;
  /** The data as JSON; empty once the session is finished. */
  readonly data: string;
}

/** The secret that opens the session. */
export interface CurrentSecret {
  readonly hash: string;
  /** When it was issued or confirmed. */
  readonly since: number;
}

/** A secret on its way to the client. */
export interface NextSecret {
  readonly nonce: string;
  readonly hash: string;
}

/** A secret that a renewal replaced. */
export interface RetiredSecret {
  readonly hash: string;
  readonly at: number;
  /** The client that confirmed its successor. */
  readonly client: Client;
}

/** Who is signed in. */
export interface SignedIn {
  readonly id: string;
  readonly signedInAt: number;
  /** The epoch of the user's index at the sign-in. */
  readonly epoch: number;
  readonly remembered: boolean;
}

/** How the session reached its goal. */
export interface Finish {
  readonly at: number;
  readonly receipt: Json | undefined;
  /** The session that carries the user on, and the nonce that its secret was derived with. */
  readonly successor: { readonly id: string; readonly nonce: string } | undefined;
}
