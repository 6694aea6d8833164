import type { Case } from '../drive/visitors.ts';

/** Says how much is measured. */
export interface Plan {
  readonly isQuick: boolean;
  readonly rounds: number;
  /** In how many processes of each side, one after the other, requests are measured. The rounds are shared out among them. */
  readonly processes: number;
  /** How often a side runs in its turn. The fastest counts: what makes a run slower is somebody else on the machine. */
  readonly tries: number;
  /** Visitors with sessions, one request after the other. */
  readonly sessions: number;
  /** How long one run of requests of one side takes, in milliseconds. */
  readonly runTime: number;
  readonly loadTime: number;
  /** The most requests in one run of warming up, and how many runs there are. */
  readonly warmUp: number;
  readonly warmUps: number;
  readonly weighedSessions: number;
  readonly weighings: number;
  readonly sweptSessions: number;
  readonly burst: number;
  readonly draws: number;
}

export const FULL: Plan = {
  isQuick: false,
  rounds: 7,
  processes: 3,
  tries: 3,
  sessions: 1000,
  runTime: 40,
  loadTime: 150,
  warmUp: 4000,
  warmUps: 4,
  weighedSessions: 200_000,
  weighings: 3,
  sweptSessions: 100_000,
  burst: 50,
  draws: 200_000,
};

/** Enough to see that everything runs. Its figures mean nothing. */
export const QUICK: Plan = {
  isQuick: true,
  rounds: 1,
  processes: 1,
  tries: 1,
  sessions: 20,
  runTime: 4,
  loadTime: 10,
  warmUp: 10,
  warmUps: 1,
  weighedSessions: 500,
  weighings: 1,
  sweptSessions: 500,
  burst: 50,
  draws: 1000,
};

const MAX_SIGN_INS = 2000;

/** Gives the most requests of a case in one run. A sign-in uses up a session that is made for it, which takes longer than the sign-in. */
export function maxRequestsOf(kind: Case): number {
  return kind === 'signIn' ? MAX_SIGN_INS : Number.POSITIVE_INFINITY;
}
