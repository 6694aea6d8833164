import type { Call } from '../call.ts';
import { type Violation, violation } from '../violation.ts';
import type { World } from '../world.ts';

/** The documented errors that a request of the shop may get, with their status. */
const DOCUMENTED: Readonly<Record<string, number>> = {
  ERR_SESSION_ENDED: 409,
  ERR_SIGN_IN_REVOKED: 409,
  ERR_DATA_TOO_LARGE: 413,
  ERR_SESSION_CONTENTION: 503,
  ERR_STORE_UNAVAILABLE: 503,
};

/** How long a request may take besides its own wait, in milliseconds: a call that ends a session has 10 s, and a call of a store 2 s more. */
export const TIME_LIMIT = 15_000;

/** Finds responses that no page of the documentation explains. */
export function undocumentedErrors(world: World): readonly Violation[] {
  return world.calls.flatMap((call) => {
    const { kind, status, reply } = call.outcome;
    if (kind !== 'response' || (status === 200 && reply?.loaded !== undefined)) return [];
    if (reply?.code !== undefined && DOCUMENTED[reply.code] === status) return [];
    const what = `${status} ${reply?.code ?? 'without a code'} ${reply?.message ?? ''}`;
    return [violation('undocumented error', `${call.action} got ${what}`, [call], call.end)];
  });
}

/** Finds requests that took too long, without the time in which their server was stopped. */
export function slowRequests(world: World): readonly Violation[] {
  const pauses = pausesOf(world);
  return world.calls.flatMap((call) => {
    const stopped = pauses
      .filter(({ server }) => server === call.server)
      .reduce((sum, pause) => sum + overlap(call, pause), 0);
    const took = call.end - call.begin - (call.wait ?? 0) - stopped;
    if (took <= TIME_LIMIT) return [];
    const message = `${call.action} took ${Math.round(took)} ms`;
    return [violation('unbounded time', message, [call], call.end)];
  });
}

interface Pause {
  readonly server: number;
  readonly begin: number;
  readonly end: number;
}

function pausesOf({ servers }: World): readonly Pause[] {
  return servers
    .filter(({ what }) => what === 'paused')
    .map(({ server, at }) => {
      const end = servers.find((each) => each.server === server && each.what === 'resumed' && each.at >= at);
      return { server, begin: at, end: end?.at ?? Number.POSITIVE_INFINITY };
    });
}

function overlap(call: Call, { begin, end }: Pause): number {
  return Math.max(0, Math.min(call.end, end) - Math.max(call.begin, begin));
}
