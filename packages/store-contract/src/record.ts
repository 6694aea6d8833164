import { ok } from 'node:assert/strict';
import type { StoreRecord } from '@coatcheck/core';
import type { Probe } from './probe.ts';

/** The key for clauses that need no particular key. */
export const KEY = 'Rk9PQkFSYmF6cXV1eDEyMw';

const HOUR = 3_600_000;
/** The clock is read once, so two records of one clause never differ by a tick of it. */
const START = Date.now();

/** Creates a record that expires an hour after the kit was loaded by default. */
export function makeRecord(
  version: number,
  body = `the body of version ${version}`,
  expiresAt: number = inHours(1),
): StoreRecord {
  return { version, expiresAt, body };
}

/** Returns the time that many hours after the kit was loaded, in whole milliseconds since the epoch. */
export function inHours(hours: number): number {
  return START + hours * HOUR;
}

/** Requires that exactly this record is stored under `key`. */
export async function requireRecord(
  store: Probe,
  key: string,
  wanted: StoreRecord,
  why: string,
): Promise<void> {
  const found = await store.read(key);
  ok(
    found !== undefined,
    `${why}: read must return the record of version ${wanted.version}; it returned undefined`,
  );
  ok(found.version === wanted.version, `${why}: version must be ${wanted.version}; it is ${found.version}`);
  ok(
    found.expiresAt === wanted.expiresAt,
    `${why}: expiresAt must be ${wanted.expiresAt}; it is ${found.expiresAt}`,
  );
  ok(found.body === wanted.body, `${why}: ${difference(found.body, wanted.body)}`);
}

/** Requires that no record is stored under `key`. */
export async function requireAbsent(store: Probe, key: string, why: string): Promise<void> {
  const found = await store.read(key);
  ok(
    found === undefined,
    `${why}: read must return undefined; it returned a record of version ${found?.version}`,
  );
}

/** Describes in one line where two bodies differ, because they may be long. */
function difference(found: string, wanted: string): string {
  let at = 0;
  while (at < wanted.length && found[at] === wanted[at]) at += 1;
  const show = (body: string): string => JSON.stringify(body.slice(at, at + 12));
  return `the body must be returned unchanged; it has ${found.length} instead of ${wanted.length} code units, and at position ${at} it has ${show(found)} instead of ${show(wanted)}`;
}
