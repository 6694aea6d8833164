import { MAX_STEP } from '../common/random.ts';
import type { StoreRecord } from './store.ts';

/** The highest version that a write can still raise without losing precision. */
export const MAX_VERSION: number = Number.MAX_SAFE_INTEGER - MAX_STEP;
/** The latest time that a Date can hold, in milliseconds. */
export const MAX_TIME = 8_640_000_000_000_000;

/** Tells whether what a store returned is a record that this library can work with. */
export function isRecord(value: unknown): value is StoreRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { version, expiresAt, body } = value as Partial<Record<keyof StoreRecord, unknown>>;
  return isVersion(version) && isDeadline(expiresAt) && typeof body === 'string';
}

/** Says what is wrong with a value that is not a record. It shows numbers, never a body. */
export function recordFault(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return `read() must return a record or undefined; received ${kindOf(value)}`;
  }
  const { version, expiresAt, body } = value as Partial<Record<keyof StoreRecord, unknown>>;
  if (!isVersion(version)) {
    return `record.version must be an integer from 1 to ${MAX_VERSION}; received ${kindOf(version)}`;
  }
  if (!isDeadline(expiresAt)) {
    return `record.expiresAt must be whole milliseconds up to ${MAX_TIME}; received ${kindOf(expiresAt)}`;
  }
  return `record.body must be a string; received ${kindOf(body)}`;
}

/** Names a value in a message without showing what may be secret. */
export function kindOf(value: unknown): string {
  if (typeof value === 'number' || value === undefined || value === null) return `${value}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function isVersion(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_VERSION;
}

function isDeadline(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= MAX_TIME;
}
