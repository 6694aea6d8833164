import type { Case } from '../drive/visitors.ts';
import type { Results } from '../measure/results.ts';

/** One promise on speed or size, held against what was measured. */
export interface Judged {
  readonly number: string;
  readonly what: string;
  readonly limit: string;
  /** Undefined where it was not measured. */
  readonly figure: string | undefined;
  readonly met: boolean | undefined;
}

const ON = ['express/coatcheck', 'koa/coatcheck', 'hono/coatcheck'] as const;
const FASTIFY_LIMITS: readonly (readonly [kind: Case, title: string, limit: number])[] = [
  ['anonymous', 'anonymous visitor', 1 / 2],
  ['read', 'valid read', 1 / 2],
  ['write', 'write', 1],
];
const DROP_IN_LIMITS: readonly (readonly [kind: Case, title: string, limit: number])[] = [
  ['anonymous', 'anonymous visitor', 1 / 2],
  ['read', 'valid read', 2 / 3],
  ['write', 'write', 1],
];
const DROP_INS: readonly (readonly [store: string, ours: string, theirs: string])[] = [
  ['memory', 'express/drop-in', 'express/express-session'],
  ['SQLite', 'express/drop-in-sqlite', 'express/better-sqlite3-session-store'],
  ['Redis', 'express/drop-in-redis', 'express/connect-redis'],
];
const KILOBYTE = 1000;

/** Holds the results against each target. */
export function judge(results: Results): readonly Judged[] {
  const overhead = (id: string, kind: Case): number | undefined =>
    results.requests?.[id]?.[kind]?.overhead.median;
  const ratio = (ours: string, theirs: string, kind: Case): number | undefined =>
    divided(overhead(ours, kind), overhead(theirs, kind));
  const commands = (kind: Case | 'signOut'): number | undefined =>
    results.commands?.['express/coatcheck-redis']?.[kind]?.length;
  const calls = results.calls?.['express/coatcheck']?.anonymous;
  const bursts = ['express/coatcheck', 'express/coatcheck-sqlite', 'express/coatcheck-redis'].map(
    (id) => results.bursts?.[id],
  );
  const sweep = results.sweeps?.['express/coatcheck'];
  const peersSweep = results.sweeps?.['express/express-session'];
  const { weights, draws, bundles, imports } = results;
  const slowest = highest(ON.map((id) => divided(overhead(id, 'read'), overhead('fastify/session', 'read'))));
  const lowestRate = lowest(ON.map((id) => results.http?.[id]?.anonymous?.ofBare.median));
  return [
    atMost(
      '1',
      'valid read, memory: part of express-session',
      1 / 8,
      ratio(ON[0], 'express/express-session', 'read'),
    ),
    atMost('1', 'valid read, memory: part of koa-session', 1 / 10, ratio(ON[1], 'koa/koa-session', 'read')),
    atMost(
      '1',
      'valid read, memory: part of hono-sessions',
      1 / 6,
      ratio(ON[2], 'hono/hono-sessions', 'read'),
    ),
    atMost('1', 'valid read, memory, the dearest of the three: part of @fastify/session', 1 / 2, slowest),
    ...FASTIFY_LIMITS.map(([kind, title, limit]) =>
      atMost(
        '1',
        `${title}, memory: part of @fastify/session on the same server`,
        limit,
        ratio('fastify/coatcheck', 'fastify/session', kind),
      ),
    ),
    atMost(
      '2',
      'anonymous visitor: part of express-session',
      1 / 5,
      ratio(ON[0], 'express/express-session', 'anonymous'),
    ),
    atLeast(
      '2',
      'anonymous visitor over HTTP, the slowest of the three: part of the bare framework',
      0.9,
      lowestRate,
    ),
    atMost('2', 'anonymous visitor: store calls', 0, calls && sum(calls), whole),
    atMost(
      '2',
      'forged token, with secrets: part of express-session',
      1 / 3,
      ratio('express/coatcheck-secrets', 'express/express-session', 'forged'),
    ),
    atMost(
      '3',
      'write, memory: part of express-session',
      1 / 4,
      ratio(ON[0], 'express/express-session', 'write'),
    ),
    atMost('4', 'Redis, valid read: commands', 1, commands('read'), whole),
    atMost(
      '4',
      'Redis, valid read: part of connect-redis',
      0.4,
      ratio('express/coatcheck-redis', 'express/connect-redis', 'read'),
    ),
    atMost('4', 'Redis, write: commands', 2, commands('write'), whole),
    atMost('4', 'Redis, sign-in: commands', 5, commands('signIn'), whole),
    atMost('4', 'Redis, destroy: commands, with the load', 2, commands('signOut'), whole),
    atMost(
      '5',
      'SQLite, valid read: part of better-sqlite3-session-store',
      1 / 10,
      ratio('express/coatcheck-sqlite', 'express/better-sqlite3-session-store', 'read'),
    ),
    atMost(
      '5',
      'SQLite, write: part of better-sqlite3-session-store',
      1 / 5,
      ratio('express/coatcheck-sqlite', 'express/better-sqlite3-session-store', 'write'),
    ),
    atMost(
      'P',
      'PostgreSQL, valid read: part of connect-pg-simple',
      1 / 2,
      ratio('express/coatcheck-postgres', 'express/connect-pg-simple', 'read'),
    ),
    atMost(
      'P',
      'PostgreSQL, write: part of connect-pg-simple',
      2 / 3,
      ratio('express/coatcheck-postgres', 'express/connect-pg-simple', 'write'),
    ),
    ...DROP_IN_LIMITS.flatMap(([kind, title, limit]) =>
      DROP_INS.map(([store, ours, theirs]) =>
        atMost(
          'E',
          `${title}, ${store}: @coatcheck/express-session as a part of express-session`,
          limit,
          ratio(ours, theirs, kind),
        ),
      ),
    ),
    atMost(
      'E',
      'write, Redis, where both save before the response: @coatcheck/express-session as a part of express-session',
      1,
      ratio('express/drop-in-redis', 'express/connect-redis-saved', 'write'),
    ),
    atLeast(
      '6',
      '50 updates at once, the worst store: kept',
      50,
      lowest(bursts.map((each) => each?.kept)),
      whole,
    ),
    atMost(
      '6',
      '50 updates at once, the worst store: writes',
      8,
      highest(bursts.map((each) => each?.calls['compareAndSet'])),
      whole,
    ),
    atMost(
      '7',
      'memory of a session: part of express-session',
      1.2,
      divided(weights?.[ON[0]]?.median, weights?.['express/express-session']?.median),
    ),
    atMost(
      '7',
      'sweeping: part of express-session',
      1 / 8,
      divided(sweep?.busyMilliseconds.median, peersSweep?.busyMilliseconds.median),
    ),
    atMost('7', 'sweeping: the longest slice in ms', 2, sweep?.longestMilliseconds.median, fine),
    atMost(
      '8',
      'token drawn: part of an ID of express-session',
      1 / 8,
      divided(draws?.token.median, draws?.expressSessionId.median),
    ),
    atMost('8', 'hash of a secret in ns', 300, draws?.hash.median, whole),
    atMost(
      '9',
      'createSessions, cookie and memoryStore in a bundle: kB compressed',
      8,
      divided(bundles?.['createSessions, cookie, memoryStore']?.compressed, KILOBYTE),
      fine,
    ),
    atMost(
      '9',
      'importing @coatcheck/hono: part of hono-sessions',
      2,
      divided(imports?.['@coatcheck/hono']?.median, imports?.['hono-sessions']?.median),
    ),
  ];
}

function atMost(
  number: string,
  what: string,
  limit: number,
  value: number | undefined,
  show: (value: number) => string = part,
): Judged {
  return judged(number, what, `≤ ${show(limit)}`, value, show, (given) => given <= limit);
}

function atLeast(
  number: string,
  what: string,
  limit: number,
  value: number | undefined,
  show: (value: number) => string = part,
): Judged {
  return judged(number, what, `≥ ${show(limit)}`, value, show, (given) => given >= limit);
}

function judged(
  number: string,
  what: string,
  limit: string,
  value: number | undefined,
  show: (value: number) => string,
  holds: (value: number) => boolean,
): Judged {
  return {
    number,
    what,
    limit,
    figure: value === undefined ? undefined : show(value),
    met: value === undefined ? undefined : holds(value),
  };
}

const part = (value: number): string => value.toFixed(3);
const whole = (value: number): string => value.toFixed(0);
const fine = (value: number): string => value.toFixed(1);

function divided(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((each) => each !== undefined);
  return known.length < values.length ? undefined : Math.max(...known);
}

function lowest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((each) => each !== undefined);
  return known.length < values.length ? undefined : Math.min(...known);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
