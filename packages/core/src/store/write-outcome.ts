import type { StoreRecord } from './store.ts';
import type { StoreFault } from './store-fault.ts';

/** A write that replaces the version that was read. */
export interface Write {
  readonly key: string;
  readonly base: StoreRecord;
  readonly next: StoreRecord;
  /** From this moment on the write must not be sent, because the session that it replaces has expired. */
  readonly until: number;
  /** Says that `found` cannot include this write, for when the write log of `found` is too short to tell. */
  readonly isKnownMissing: (found: StoreRecord) => boolean;
}

/** How a write ended. */
export type WriteOutcome =
  /** The write is in the record. `record` is the record as last seen; it may already contain later writes. */
  | { readonly kind: 'written'; readonly record: StoreRecord }
  /** Another write came first, or the deadline has passed. `record` is the current one. Our write will not happen later either. */
  | { readonly kind: 'lost'; readonly record: StoreRecord }
  /** The record is gone: the session has ended. Our write may have been in it before. */
  | { readonly kind: 'gone'; readonly written: Written; readonly fault?: StoreFault | undefined };

/**
 * Whether a write was in a record that is gone now. `unlikely`: the store said no, but a client that sends a command again loses the first result.
 * `unknown`: the store failed.
 */
export type Written = 'no' | 'unlikely' | 'unknown';

/** How a deletion ended: `gone` if another call deleted it, a record if another call wrote it. */
export type Deleted = 'deleted' | 'gone' | StoreRecord;

/** What the store said about a compareAndSet; a fault if it is unknown whether it happened. */
export type CompareResult = boolean | 'lost' | StoreFault;

/** Returns the fault of a compareAndSet that failed. */
export function faultOf(result: CompareResult): StoreFault | undefined {
  return typeof result === 'object' ? result : undefined;
}
