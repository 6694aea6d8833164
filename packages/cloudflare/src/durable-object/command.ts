import type { StoreRecord } from '@coatcheck/core';

/** What the store asks of a session's object. */
export type Command =
  | { readonly call: 'read' }
  | {
      readonly call: 'compareAndSet';
      readonly expected: number | null;
      readonly next: StoreRecord | null;
    };

/** What the object responds with. */
export type Reply = { readonly record?: StoreRecord | undefined } | { readonly won: boolean };

/** Tells whether a value is a record as this package stores it. */
export function isRecord(value: unknown): value is StoreRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { version, expiresAt, body }: { version?: unknown; expiresAt?: unknown; body?: unknown } = value;
  return typeof version === 'number' && typeof expiresAt === 'number' && typeof body === 'string';
}
