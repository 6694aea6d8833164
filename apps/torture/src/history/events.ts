import type { Reply } from './reply.ts';

/** What a browser asks a server for. */
export type Action =
  | 'read'
  | 'add'
  | 'slow'
  | 'sign-in'
  | 'sign-out'
  | 'finish'
  | 'renew'
  | 'revoke'
  | 'revoke-user'
  | 'revoke-all';

/** What a fault may undo, as the documentation says. */
export type Undoing = 'failover' | 'eviction' | 'clock';

/** The first line of a history: what was run. */
export interface RunEvent {
  readonly type: 'run';
  /** The version of this format. */
  readonly format: 1;
  readonly at: number;
  readonly store: string;
  readonly nemesis: string;
  readonly seed: number;
  readonly seconds: number;
  readonly servers: number;
  /** How far each server's clock is ahead, in milliseconds. */
  readonly clocks: readonly number[];
  readonly renewalGrace: number;
  readonly maxPerUser: number;
  /** Whether faults strike: then there must be some. */
  readonly strikes: boolean;
  readonly undoes?: Undoing | undefined;
}

/** Something that happened to a server. `died`: by itself. `lost`: it accepted no write in time after the last fault. `warned`: by an event of the library. */
export interface ServerEvent {
  readonly type: 'server';
  readonly at: number;
  readonly server: number;
  readonly what: 'started' | 'killed' | 'paused' | 'resumed' | 'stopped' | 'died' | 'lost' | 'warned';
  readonly detail?: string | undefined;
}

/** The beginning or the end of a fault. */
export interface FaultEvent {
  readonly type: 'fault';
  readonly at: number;
  readonly fault: number;
  readonly what: 'begins' | 'ends';
  readonly detail?: string | undefined;
}

/** The beginning of a request. Tokens have names of their own, so that a history opens nothing. */
export interface CallEvent {
  readonly type: 'call';
  readonly at: number;
  readonly call: number;
  readonly client: string;
  readonly server: number;
  readonly action: Action;
  /** The name of the presented token. */
  readonly token?: string | undefined;
  /** Of `add` and `slow`: the mark that is added. */
  readonly mark?: string | undefined;
  /** Of `sign-in`, `revoke` and `revoke-user`. */
  readonly user?: string | undefined;
  /** Of `revoke`: the session that is to end. Of `revoke-user`: the session that is to stay. */
  readonly target?: string | undefined;
  /** Of `finish`. */
  readonly keepUser?: boolean | undefined;
  /** Of `sign-in`: both timeouts of the session, in milliseconds. */
  readonly lifetime?: number | undefined;
  /** Of `slow`: for how long the handler waits, in milliseconds. */
  readonly wait?: number | undefined;
}

/** The end of a request. `lost`: the connection broke. `refused`: there was none. `late`: the client gave up. `aborted`: the client went away. */
export interface OutcomeEvent {
  readonly type: 'outcome';
  readonly at: number;
  readonly call: number;
  readonly kind: 'response' | 'lost' | 'refused' | 'late' | 'aborted';
  /** Of `lost`: whether it was an idle connection, which a server may close at any time. */
  readonly wasIdle?: boolean | undefined;
  readonly status?: number | undefined;
  readonly reply?: Reply | undefined;
  /** The name of the token that the response sets. */
  readonly sets?: string | undefined;
  readonly clears?: boolean | undefined;
  /** Whether the browser received the response. If not, its jar does not change. */
  readonly delivered?: boolean | undefined;
}

/** The last line: without it, or with another number of lines before it, the history is cut. */
export interface EndEvent {
  readonly type: 'end';
  readonly at: number;
  readonly events: number;
}

/** One line of a history. Times are in milliseconds since the run began, by the clock of the clients. */
export type HistoryEvent = RunEvent | ServerEvent | FaultEvent | CallEvent | OutcomeEvent | EndEvent;
