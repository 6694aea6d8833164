import type { Ended } from '../../src/session/session-types.ts';

/** A moment of a run: its true time, and its place among all moments that were noted. */
export interface Instant {
  readonly at: number;
  readonly order: number;
}

/** What the app does with a request. A stream begins its response at once and writes later. */
export type Act = 'read' | 'update' | 'stream' | 'sign-in' | 'finish' | 'finish-keep' | 'destroy';

/** What a browser asks for. */
export interface Task {
  readonly act: Act;
  readonly passive?: boolean;
  /** Who signs in. */
  readonly userId?: string;
  /** How often a stream writes, and the time between two writes. */
  readonly writes?: number;
  readonly every?: number;
}

/** How long each part of an exchange takes in milliseconds, and whether the response gets lost. */
export interface Pace {
  readonly wayIn: number;
  readonly beforeLoad: number;
  readonly beforeAct: number;
  readonly beforeSeal: number;
  readonly wayBack: number;
  readonly isLost: boolean;
}

/** What a server sees of a client besides its token. */
export interface ClientTraits {
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
}

/** One request and what became of it. */
export interface Exchange {
  readonly number: number;
  readonly browser: string;
  /** How often the browser had been started again when it sent this. */
  readonly run: number;
  readonly client: ClientTraits;
  readonly server: number;
  readonly task: Task;
  readonly pace: Pace;
  readonly token: string | undefined;
  /** The exchange whose response brought the token. */
  readonly tokenFrom: Exchange | undefined;
  /** Whether somebody else than the visitor presents the token. */
  readonly isForeign: boolean;
  readonly sent: Instant;
  opened: Instant | undefined;
  loaded: Instant | undefined;
  /** The session that served it. */
  servedId: string | undefined;
  refusal: Ended | undefined;
  /** The session whose first token, or first one after a sign-in, this exchange drew, and which sign-in of that session it was. */
  beganId: string | undefined;
  beganEra: number;
  /** What `update` wrote, by the update's number. */
  readonly wrote: number[];
  /** When a call threw, and what. */
  failed: { readonly at: Instant; readonly error: unknown } | undefined;
  sealed: Instant | undefined;
  /** The token in the response. */
  brings: string | undefined;
  arrived: Instant | undefined;
}

/** Tells whether one moment was noted before another. */
export function isBefore(one: Instant | undefined, other: Instant | undefined): boolean {
  return one !== undefined && other !== undefined && one.order < other.order;
}
