import { seeded } from '../../../../../packages/core/test/fuzz/seeded.ts';
import type { RequestSample, ServerSample, SoakRun } from '../events.ts';
import type { SoakRecord } from '../record.ts';

const WINDOW = 15;

/** What a made-up soak is like. Sizes are in bytes, times in milliseconds. */
export interface Shape {
  /** By how much the heap grows, in bytes an hour. */
  readonly growth?: number;
  /** By how much readings of the heap differ. */
  readonly noise?: number;
  readonly delay?: number;
  readonly rejections?: number;
  /** The part of the requests that were sent, and the part of these that were good. */
  readonly sent?: number;
  readonly good?: number;
  readonly died?: readonly string[];
}

export const RUN: SoakRun = {
  type: 'soak',
  format: 1,
  date: '2026-01-01T00:00:00.000Z',
  node: '24.0.0',
  machine: '2 cores of a processor',
  store: 'redis',
  version: 'Redis 7.0.15',
  servers: 2,
  sessions: 1000,
  minutes: 30,
  seed: 1,
  capacity: 1000,
  rate: 700,
};

/** Makes up a soak. The heap of a server rises while it is warmed up, and then as the shape says. */
export function soakLike({
  growth = 0,
  noise = 500_000,
  delay = 3,
  rejections = 0,
  sent = 1,
  good = 1,
  died = [],
}: Shape = {}): SoakRecord {
  const random = seeded(1);
  const servers: ServerSample[] = [];
  const requests: RequestSample[] = [];
  for (let at = WINDOW; at <= RUN.minutes * 60; at += WINDOW) {
    for (const server of [0, 1]) {
      const cold = 5e6 * Math.exp(-at / 120);
      const heap = 40e6 - cold + (growth * at) / 3600 + (random.int(2001) / 1000 - 1) * noise;
      servers.push({
        type: 'server',
        at,
        server,
        heap,
        rss: heap + 60e6,
        delayP99: delay,
        delayMax: delay * 3,
        delayP99OfAll: delay,
        rejections,
      });
    }
    const count = Math.round(RUN.rate * WINDOW * sent);
    requests.push({
      type: 'requests',
      at,
      sent: count,
      good: Math.round(count * good),
      failures: {},
      p50: 4,
      p99: 12,
      max: 40,
    });
  }
  const events = 1 + servers.length + requests.length;
  return { run: RUN, servers, requests, end: { type: 'end', at: RUN.minutes * 60, events, died } };
}
