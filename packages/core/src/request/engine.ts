import type { DeepReadonly } from '../common/json.ts';
import type { Config } from '../config/config.ts';
import type { ResponseHeader } from '../http/request-view.ts';
import type { Transport } from '../http/transports/transport.ts';
import { varyByTransport } from '../http/transports/transport.ts';
import { DecodedRecords } from '../records/decoded-records.ts';
import { SessionWriter } from '../records/session-writer.ts';
import type { EventContext, SessionEvent } from '../session/events.ts';
import { CLOCK_TOLERANCE, reachedTimeout, SWEEP_MARGIN } from '../session/expiry.ts';
import type { SessionState } from '../session/session-state.ts';
import { StorePort } from '../store/store-port.ts';
import { UserSessions } from '../users/user-sessions.ts';

/** An event but for its time. */
export type EventDetail = SessionEvent extends infer E
  ? E extends SessionEvent
    ? Omit<E, 'at'>
    : never
  : never;

const SWEEP_INTERVAL = 60_000;
const SWEEP_BATCH = 200;

/** Holds what all visits of one `Sessions` share: the configuration and the ways to the store. */
export class Engine<Data extends object> {
  readonly config: Config<Data>;
  readonly port: StorePort;
  readonly writer: SessionWriter;
  readonly users: UserSessions;
  readonly records: DecodedRecords = new DecodedRecords();
  /** The headers that say what an answer depends on, by the transport that decided. */
  readonly vary: ReadonlyMap<Transport, readonly ResponseHeader[]>;
  /** The initial data as it was last shown to a visitor without a session. */
  initialShown: { readonly json: string; readonly data: DeepReadonly<Data> } | undefined = undefined;
  /** The generations that this process has raised lately, by session ID, the oldest first. */
  readonly #raised = new Map<string, { readonly generation: number; readonly at: number }>();
  #sweptAt: number;

  constructor(config: Config<Data>, wait: (milliseconds: number) => Promise<void>) {
    const { now, randomBytes } = config;
    this.config = config;
    this.vary = varyByTransport(config.transports);
    this.#sweptAt = now();
    this.port = new StorePort(config.store, now, (operation) =>
      this.emit({ type: 'store-failed', operation }),
    );
    this.writer = new SessionWriter({
      port: this.port,
      now,
      randomBytes,
      wait,
      onExpired: (id, state) => this.#tellExpired(id, state),
      onConflict: (sessionId, { user }) => this.emit({ type: 'conflict', sessionId, userId: user?.id }),
      onWritten: () => this.sweepIfDue(),
    });
    this.users = new UserSessions({
      config,
      port: this.port,
      writer: this.writer,
      onExpired: (id, state) => this.#tellExpired(id, state),
      onRevoked: (sessionId, userId, by) => {
        // No token of an ended session may go out any more: it could overwrite that of a sign-in that ended it.
        this.noteRaised(sessionId, Number.POSITIVE_INFINITY);
        this.emit({ type: 'revoked', sessionId, userId, by });
      },
    });
  }

  /** Tells the listener. It must not be able to harm the request, whether it throws or rejects. */
  emit(detail: EventDetail & Omit<EventContext, 'at'>): void {
    const { onEvent, now } = this.config;
    if (onEvent === undefined) return;
    try {
      const answer: unknown = onEvent({ at: now(), ...detail });
      if (answer instanceof Promise) answer.catch(() => {});
    } catch {
      // An audit log that fails is not the visitor's fault.
    }
  }

  #tellExpired(sessionId: string, { user, expiresAt, absoluteDeadline, finish }: SessionState): void {
    // A receipt that was kept long enough is no session that ends.
    if (finish !== undefined) return;
    const reason = reachedTimeout(expiresAt, absoluteDeadline);
    this.emit({ type: 'expired', sessionId, userId: user?.id, reason });
  }

  /** Notes that a session's earlier tokens died just now, so that a late answer does not send one of them. */
  noteRaised(sessionId: string, generation: number): void {
    const at = this.config.now();
    for (const [id, raised] of this.#raised) {
      if (at - raised.at <= CLOCK_TOLERANCE) break;
      this.#raised.delete(id);
    }
    this.#raised.delete(sessionId);
    this.#raised.set(sessionId, { generation, at });
  }

  /** Tells whether this process has seen a later generation of a session within the last seconds. */
  hasSeenLater(sessionId: string, generation: number): boolean {
    return (this.#raised.get(sessionId)?.generation ?? 0) > generation;
  }

  /** Sweeps one batch where the last sweep is a minute old, or left more to do. Nobody waits for it. */
  sweepIfDue(): void {
    const now = this.config.now();
    if (!this.port.sweeps || now - this.#sweptAt < SWEEP_INTERVAL) return;
    // Noted at the start: a request that is dropped while it sweeps must not keep others from it.
    this.#sweptAt = now;
    this.sweepBatch().then(
      (count) => {
        if (count === SWEEP_BATCH) this.#sweptAt = now - SWEEP_INTERVAL;
      },
      () => {},
    );
  }

  /** Removes one batch of records that expired well before now, so that one server's fast clock ends nobody. */
  sweepBatch(): Promise<number> {
    return this.port.sweep(this.config.now() - SWEEP_MARGIN, SWEEP_BATCH);
  }

  /** Removes all that a sweep may remove, letting other work run after each millisecond. */
  async sweepAll(pause: () => Promise<void>): Promise<number> {
    const { now } = this.config;
    let total = 0;
    let since = now();
    for (;;) {
      const count = await this.sweepBatch();
      total += count;
      if (count < SWEEP_BATCH) return total;
      if (now() === since) continue;
      await pause();
      since = now();
    }
  }
}
