import type { Ended, SessionEvent, SessionStore } from '@coatcheck/core';
import type { EventLog } from './event-log.ts';
import type { Settings } from './settings.ts';
import type { ShopSession } from './visitor.ts';

/** The content of the strip at the bottom of a page. It contains no token and no secret. */
export interface StripFacts {
  readonly now: Date;
  readonly session: SessionFacts | undefined;
  /** Why the presented token opened no session. */
  readonly ended: Ended | undefined;
}

/** What the server knows of a session. */
export interface SessionFacts {
  readonly id: string;
  readonly userId: string | undefined;
  readonly createdAt: Date;
  /** When it ends unless it is used. */
  readonly idleDeadline: Date;
  /** When it ends however much it is used. */
  readonly absoluteDeadline: Date;
  /** The record in the store: its version and its size in bytes. */
  readonly record: { readonly version: number; readonly bytes: number } | undefined;
  /** Latest first. */
  readonly events: readonly SessionEvent[];
}

/** Collects the content of the strip. If the store fails, the page is shown without it. */
export async function readStrip(
  session: ShopSession | undefined,
  { store, events, settings }: { store: SessionStore; events: EventLog; settings: Settings },
): Promise<StripFacts> {
  const now = new Date();
  try {
    const ended = session?.ended?.reason;
    if (session?.id === undefined) return { now, session: undefined, ended };
    const { id, userId, createdAt = now, signedInAt, expiresAt = now } = session;
    const record = await store.read(id);
    const absoluteDeadline = new Date((signedInAt ?? createdAt).getTime() + settings.absoluteTimeout);
    return {
      now,
      ended,
      session: {
        id,
        userId,
        createdAt,
        idleDeadline: expiresAt,
        absoluteDeadline,
        record: record && { version: record.version, bytes: Buffer.byteLength(record.body) },
        events: events.of(id),
      },
    };
  } catch {
    return { now, session: undefined, ended: undefined };
  }
}
