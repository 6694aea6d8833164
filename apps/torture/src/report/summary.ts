import type { Call } from '../checker/call.ts';
import type { Verdict } from '../checker/check.ts';
import type { World } from '../checker/world.ts';

/** What a run shows, in one row. Times are in milliseconds. */
export interface Summary {
  readonly store: string;
  readonly nemesis: string;
  readonly seed: number;
  readonly seconds: number;
  readonly faults: number;
  readonly requests: number;
  readonly ok: number;
  /** How many requests failed, by the code of the response or by how the connection ended. What the browser itself broke off is left out. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of requests with a good response. */
  readonly p99: number;
  /** The longest time until a response of any status, with the time in which the server was stopped. */
  readonly slowest: number;
  /** The longest time from the end of a fault until every server had accepted a write again. `never`: one did not. Undefined without faults. */
  readonly recovery: number | 'never' | undefined;
  readonly warnings: Readonly<Record<string, number>>;
  readonly sessions: number;
  readonly updates: number;
  readonly violations: number;
  readonly undone: number;
}

/** Sums up a run. */
export function summarize({ world, violations, undone }: Verdict): Summary {
  const { run, calls, faults, lives, servers } = world;
  const good = calls.filter(({ effect }) => effect === 'done');
  const took = good.map(tookOf).sort((a, b) => a - b);
  const responses = calls.filter(({ outcome }) => outcome.kind === 'response');
  return {
    store: run.store,
    nemesis: run.nemesis,
    seed: run.seed,
    seconds: run.seconds,
    faults: faults.length,
    requests: calls.length,
    ok: good.length,
    failures: count(calls.flatMap((call) => failureOf(call) ?? [])),
    p99: took[Math.floor(took.length * 0.99)] ?? 0,
    slowest: responses.reduce((most, call) => Math.max(most, tookOf(call)), 0),
    recovery: recoveryOf(world),
    warnings: count(servers.flatMap(({ what, detail }) => (what === 'warned' ? (detail ?? []) : []))),
    sessions: lives.size,
    updates: good.filter(({ mark }) => mark !== undefined).length,
    violations: violations.length,
    undone: undone.length,
  };
}

function tookOf({ begin, end, wait = 0 }: Call): number {
  return end - begin - wait;
}

function failureOf({ outcome, effect }: Call): string | undefined {
  if (effect === 'done' || outcome.kind === 'aborted') return undefined;
  return outcome.kind === 'response' ? (outcome.reply?.code ?? `status ${outcome.status}`) : outcome.kind;
}

function count(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function recoveryOf({ calls, faults, run }: World): Summary['recovery'] {
  const writes = calls.filter(({ action, effect }) => action === 'add' && effect === 'done');
  const times = faults.map(({ end }) => {
    const first = Array.from({ length: run.servers }, (_, server) => {
      const ends = writes
        .filter((call) => call.server === server && call.begin >= end)
        .map((call) => call.end);
      return ends.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
    });
    return Math.max(...first) - end;
  });
  if (times.length === 0) return undefined;
  const longest = Math.max(...times);
  return Number.isFinite(longest) ? longest : 'never';
}
