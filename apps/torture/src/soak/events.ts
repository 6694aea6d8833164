import type { Reading } from '../server/spec.ts';

/** The first line of a soak: what was run. */
export interface SoakRun {
  readonly type: 'soak';
  /** The version of this format. */
  readonly format: 1;
  /** When the load began, as an ISO 8601 date. */
  readonly date: string;
  readonly node: string;
  /** The processor, and how many cores it has. */
  readonly machine: string;
  readonly store: string;
  /** The program of the store and its version. */
  readonly version: string;
  readonly servers: number;
  readonly sessions: number;
  readonly minutes: number;
  readonly seed: number;
  /** Requests a second that the servers handled at most. */
  readonly capacity: number;
  /** Requests a second that are sent. */
  readonly rate: number;
}

/** What a server measured of itself, so many seconds after the load began. */
export interface ServerSample extends Reading {
  readonly type: 'server';
  readonly at: number;
  readonly server: number;
}

/** The requests of one window. Times are in milliseconds, from when each was due. */
export interface RequestSample {
  readonly type: 'requests';
  readonly at: number;
  readonly sent: number;
  readonly good: number;
  /** What failed, by the code of the response or by how the connection ended. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of good responses. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The last line: without it, or with another number of lines before it, the soak is cut. */
export interface SoakEnd {
  readonly type: 'end';
  readonly at: number;
  readonly events: number;
  /** Servers that ended by themselves, and how. */
  readonly died: readonly string[];
}

/** One line of a soak. */
export type SoakEvent = SoakRun | ServerSample | RequestSample | SoakEnd;
