import type { Growth, Point } from './growth.ts';
import { expectedExcess, SLOTS } from './slots.ts';

/** A visit as the page on capacity supposes it. Each request reads the session once, and changes it or extends its deadline. */
export const VISIT = { minutes: 10, requests: 10, idleMinutes: 30, sweepMarginMinutes: 10 };

/** How full a server of Redis may be: half of its memory is left for snapshots and failovers, half of its processor for bursts. */
export const PRIMARY = { bytes: 25e9, processor: 0.5 };

/** What so many sessions in the store need. */
export interface Need {
  readonly sessions: number;
  readonly visitsAnHour: number;
  readonly requestsASecond: number;
  readonly sqlite: { readonly bytes: number; readonly processors: number };
  readonly redis: {
    readonly bytes: number;
    /** Processors that the servers keep busy, all together. */
    readonly processors: number;
    readonly primaries: number;
    /** What more than one primary would be needed for. */
    readonly limit: 'memory' | 'processor' | 'none';
    readonly sessionsASlot: number;
    /** How much fuller than the average the fullest primary is, at most. */
    readonly excess: number;
  };
}

/** Computes what so many sessions need, from what was measured with the most sessions. */
export function needOf(sessions: number, { points }: Growth): Need {
  const sqlite = last(points.sqlite);
  const redis = last(points.redis);
  const lifeInSqlite = 60 * (VISIT.minutes + VISIT.idleMinutes + VISIT.sweepMarginMinutes);
  const lifeInRedis = 60 * (VISIT.minutes + VISIT.idleMinutes);
  const visits = sessions / lifeInRedis;
  const inSqlite = sessions / lifeInSqlite;
  const sweep = sqlite.sweep?.cpu ?? 0;
  const busy = (redis.server?.read ?? 0) + (redis.server?.write ?? 0);
  const bytes = sessions * redis.bytesEach;
  const processors = (visits * VISIT.requests * busy) / 1e6;
  const byMemory = Math.ceil(bytes / PRIMARY.bytes);
  const byProcessor = Math.ceil(processors / PRIMARY.processor);
  const primaries = Math.max(byMemory, byProcessor);
  return {
    sessions,
    visitsAnHour: 3600 * visits,
    requestsASecond: visits * VISIT.requests,
    sqlite: {
      bytes: sessions * sqlite.bytesEach,
      processors: (inSqlite * (VISIT.requests * (sqlite.read.median + sqlite.write.median) + sweep)) / 1e6,
    },
    redis: {
      bytes,
      processors,
      primaries,
      limit: primaries === 1 ? 'none' : byMemory >= byProcessor ? 'memory' : 'processor',
      sessionsASlot: sessions / SLOTS,
      excess: primaries === 1 ? 0 : expectedExcess(primaries, sessions),
    },
  };
}

function last(points: readonly Point[]): Point {
  const point = points.at(-1);
  if (point === undefined) throw new Error('Nothing was measured');
  return point;
}
