import { decodeSession, secretHashOf } from '../records/record.ts';
import type { Snapshot } from '../records/snapshot.ts';
import type { Presented } from '../session/admission.ts';
import { CLOCK_TOLERANCE } from '../session/expiry.ts';
import { hashSecret, type Token } from '../session/token.ts';
import type { StoreRecord } from '../store/store.ts';
import type { RequestContext } from './request-context.ts';
import { type Rejected, rejected } from './resolution.ts';

/** A record that can be judged, and what was presented for it. */
export interface Found {
  readonly kind: 'found';
  readonly snapshot: Snapshot;
  readonly presented: Presented;
  /** Whether the record was parsed for this request. One from the cache was not. */
  readonly isParsed: boolean;
}

/** Reads what the store returned for a token, and what is presented for it. A token whose record is absent or unreadable is rejected. */
export function readRecord(
  context: RequestContext<object>,
  token: Token,
  record: StoreRecord | undefined,
): Found | Rejected {
  const { config, records } = context.deps;
  const now = config.now();
  const hash = hashSecret(token.secret);
  if (record === undefined) return unknown();
  const parsedBefore = records.parsed;
  const decoded = records.decode(record);
  if (decoded === undefined) {
    return secretHashOf(record) === hash
      ? rejected('unreadable')
      : { ...rejected('unknown'), reasonInEvent: 'unreadable' };
  }
  return {
    kind: 'found',
    snapshot: { record, state: decoded.state, seenAt: now, decoded },
    isParsed: records.parsed !== parsedBefore,
    presented: {
      hash,
      openedAt: arrival(context, now),
      now,
      renewalGrace: config.renewalGrace,
      byCookie: context.transport.sentAutomatically,
      client: () => context.client(),
    },
  };
}

/**
 * Rejects a token as unknown, and takes as long as for a wrong secret: without a record, or with one from the cache, nothing has been parsed yet. So the time does
 * not tell whether a session with the ID exists; what the store takes to read a large record still may.
 */
export function unknown(): Rejected {
  decodeSession(DECOY);
  return rejected('unknown');
}

/** A record as a new session has it. */
const DECOY: StoreRecord = {
  version: 1,
  expiresAt: 1,
  body: `[1,"${'A'.repeat(16)}",0,"${'A'.repeat(43)}",1767225600000,60000,43200000,0,"203.0.113.0/24","Firefox","Linux",{"u":["user",1767225600000,0,0]}]\n{}`,
};

/**
 * Returns the moment from which a request is judged. A slow one is judged by when it arrived, but one that was held open for longer than the grace is not: a
 * stolen token would stay valid for as long as somebody sends a body slowly.
 */
export function arrival({ deps, openedAt }: RequestContext<object>, now: number): number {
  return Math.max(openedAt, now - deps.config.renewalGrace - CLOCK_TOLERANCE);
}
