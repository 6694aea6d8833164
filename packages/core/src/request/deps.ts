import { isProduction } from '../common/environment.ts';
import type { Config } from '../config/config.ts';
import type { ResponseHeader } from '../http/request-view.ts';
import { type Transport, varyByTransport } from '../http/transports/transport.ts';
import { DecodedRecords } from '../records/decoded-records.ts';
import { SessionWriter } from '../records/session-writer.ts';
import { CLOCK_TOLERANCE, reachedTimeout } from '../session/expiry.ts';
import type { SessionState } from '../session/session-state.ts';
import { StoreClock } from '../store/store-clock.ts';
import type { OnStoreFailed } from '../store/store-fault.ts';
import { StorePort } from '../store/store-port.ts';
import { UserSessions } from '../users/user-sessions.ts';
import { DataReader } from './data-reader.ts';
import { EventSink } from './event-sink.ts';
import { ProxyWatch } from './proxy-watch.ts';
import { RecentGenerations } from './recent-generations.ts';
import { RecentGrants } from './recent-grants.ts';
import { Sweeper } from './sweeper.ts';
import { UnclearedTokens } from './uncleared-tokens.ts';
import { Warnings } from './warnings.ts';
import { Broadcast } from './watch/broadcast.ts';

/** Waits for a time in milliseconds. Contending writers and sweeps use it. */
export type Wait = (milliseconds: number) => Promise<void>;

/** What all requests of one `Sessions` share. */
export interface Deps<Data extends object> {
  readonly config: Config<Data>;
  readonly events: EventSink;
  readonly port: StorePort;
  readonly writer: SessionWriter;
  readonly users: UserSessions;
  readonly records: DecodedRecords;
  readonly data: DataReader<Data>;
  readonly generations: RecentGenerations;
  readonly uncleared: UnclearedTokens;
  readonly sweeper: Sweeper;
  /** Tells all processes which sessions end, and hears it; undefined without the option `broadcast`. */
  readonly broadcast: Broadcast | undefined;
  readonly warnings: Warnings;
  /** Whether mistakes may throw and be traced to the app's line, at some cost. */
  readonly inDevelopment: boolean;
  readonly grants: RecentGrants;
  readonly proxies: ProxyWatch;
  /** The `Vary` headers of a response that depends on the session, by the transport that decided. */
  readonly vary: ReadonlyMap<Transport, readonly ResponseHeader[]>;
}

/**
 * Builds what all requests of one `Sessions` share. No I/O.
 *
 * With `sharesByStore`, all `Sessions` over one store share their queues and sweeps, as apps need that create `Sessions` for each request.
 */
export function assembleDeps<Data extends object>(
  config: Config<Data>,
  wait: Wait,
  isolatesRequests: boolean,
  sharesByStore: boolean,
  waitInBackground: Wait = wait,
): Deps<Data> {
  const { now, randomBytes } = config;
  const events = new EventSink(config.onEvent, now);
  const warnings = new Warnings({ events, now, onConsole: config.warnOnConsole });
  for (const { warning } of config.transports) {
    if (warning !== undefined) warnings.warn('insecure-cookie', warning);
  }
  const clock = new StoreClock({
    ask: config.store.now && (() => config.store.now?.()),
    now,
    tolerance: CLOCK_TOLERANCE,
    onSkew: (message) => warnings.warn('clock-skew', message),
    wait,
  });
  const onFailed: OnStoreFailed = (operation, reason) =>
    events.emit({ type: 'store-failed', operation, reason });
  const sharedStore = sharesByStore ? config.store : undefined;
  const port = new StorePort(config.store, now, onFailed, clock);
  const sweeper = new Sweeper(port, now, wait, { isolatesRequests, sharedStore });
  const broadcast = config.broadcast
    ? new Broadcast({ port, now, wait: waitInBackground, warnings })
    : undefined;
  const generations = new RecentGenerations(now, (id, generation) => broadcast?.announce(id, generation));
  const onExpired = (sessionId: string, { user, expiresAt, absoluteDeadline, finish }: SessionState) => {
    // A finished session ended when it was finished; only its receipt expires now.
    if (finish !== undefined) return;
    const reason = reachedTimeout(expiresAt, absoluteDeadline);
    events.emit({ type: 'expired', sessionId, userId: user?.id, reason });
  };
  const writer = new SessionWriter({
    port,
    now,
    randomBytes,
    wait,
    isolatesRequests,
    sharedStore,
    onExpired,
    onConflict: (sessionId, { user }) => events.emit({ type: 'conflict', sessionId, userId: user?.id }),
    onWritten: () => sweeper.noteWritten(),
  });
  const users = new UserSessions({
    config,
    port,
    writer,
    wait,
    isolatesRequests,
    onExpired,
    onRevoked: (sessionId, userId, by) => {
      generations.noteEnded(sessionId);
      events.emit({ type: 'revoked', sessionId, userId, by });
    },
  });
  return {
    config,
    events,
    port,
    writer,
    users,
    records: new DecodedRecords(),
    data: new DataReader(config),
    generations,
    uncleared: new UnclearedTokens(now),
    sweeper,
    broadcast,
    warnings,
    inDevelopment: !isProduction(),
    grants: new RecentGrants(warnings, now),
    proxies: new ProxyWatch(warnings),
    vary: varyByTransport(config.transports),
  };
}
