import { ok } from 'node:assert/strict';
import type { StoreRecord } from '@coatcheck/core';
import type { Probe } from './probe.ts';

/** The key of clauses that need no particular one. */
export const KEY = 'Rk9PQkFSYmF6cXV1eDEyMw';

const HOUR = 3_600_000;

/** Makes a record that lives for an hour, unless told otherwise. */
export function makeRecord(
  version: number,
  body = `the body of version ${version}`,
  expiresAt: number = inHours(1),
): StoreRecord {
  return { version, expiresAt, body };
}

/** Gives a moment that many hours from now, in whole milliseconds. */
export function inHours(hours: number): number {
  return Date.now() + hours * HOUR;
}

/** Demands that `key` holds just this record. */
export async function demandRecord(
  store: Probe,
  key: string,
  wanted: StoreRecord,
  why: string,
): Promise<void> {
  const found = await store.read(key);
  ok(
    found !== undefined,
    `${why}: read must give the record of version ${wanted.version}; it gave undefined`,
  );
  ok(found.version === wanted.version, `${why}: version must be ${wanted.version}; it is ${found.version}`);
  ok(
    found.expiresAt === wanted.expiresAt,
    `${why}: expiresAt must be ${wanted.expiresAt}; it is ${found.expiresAt}`,
  );
  ok(found.body === wanted.body, `${why}: ${difference(found.body, wanted.body)}`);
}

/** Demands that `key` holds no record. */
export async function demandAbsent(store: Probe, key: string, why: string): Promise<void> {
  const found = await store.read(key);
  ok(found === undefined, `${why}: read must give undefined; it gave a record of version ${found?.version}`);
}

/** Says in one line where two bodies part, since they may be long. */
function difference(found: string, wanted: string): string {
  let at = 0;
  while (at < wanted.length && found[at] === wanted[at]) at += 1;
  const show = (text: string): string => JSON.stringify(text.slice(at, at + 12));
  return `the body must come back unchanged; of ${wanted.length} code units it has ${found.length} and differs from ${at} on: ${show(found)} for ${show(wanted)}`;
}
