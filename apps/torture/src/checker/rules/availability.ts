import type { Call } from '../call.ts';
import { type Violation, violation } from '../violation.ts';
import { groupBy, type World } from '../world.ts';

/** How long after a fault its consequences may last, in milliseconds: clients of the store connect again, and browsers meet connections that were closed. */
const AFTERMATH = 10_000;
/** Such a share of requests may find the store unavailable without a fault: a busy machine delays a store too. */
const MAX_SHARE = 0.01;

interface Trouble {
  readonly begin: number;
  readonly end: number;
}

/** Finds requests that got no response, or no store, although nothing was wrong. */
export function unexplainedFailures(world: World): readonly Violation[] {
  return [...lostConnections(world), ...missedStores(world)];
}

/** Finds connections that a server broke or refused while it had not been killed or suspended. */
function lostConnections({ calls, servers }: World): readonly Violation[] {
  const troubles = groupBy(
    servers
      .filter(({ what }) => what === 'killed' || what === 'paused')
      .map(({ server, what, at }) => {
        const mended = what === 'killed' ? 'started' : 'resumed';
        const end = servers.find((each) => each.server === server && each.what === mended && each.at >= at);
        return { server, begin: at, end: end?.at ?? Number.POSITIVE_INFINITY };
      }),
    ({ server }) => String(server),
  );
  return calls
    .filter(({ outcome: { kind, wasIdle } }) => kind === 'refused' || (kind === 'lost' && wasIdle !== true))
    .filter((call) => !isNear(call, troubles.get(String(call.server)) ?? []))
    .map((call) => {
      const message = `${call.action} was ${call.outcome.kind} by server ${call.server}, which was running`;
      return violation('unexplained failure', message, [call], call.end);
    });
}

/** Finds out whether the store was often unavailable while no fault was under way. */
function missedStores({ calls, faults }: World): readonly Violation[] {
  const quiet = calls.filter((call) => !isNear(call, faults));
  const missed = quiet.filter(
    ({ outcome, reply }) => outcome.status === 503 && reply?.code === 'ERR_STORE_UNAVAILABLE',
  );
  const [first] = missed;
  if (first === undefined || missed.length <= quiet.length * MAX_SHARE) return [];
  const message = `${missed.length} of ${quiet.length} requests found no store while nothing was wrong with it`;
  return [violation('unexplained failure', message, missed.slice(0, 4), first.end)];
}

function isNear({ begin, end }: Call, troubles: readonly Trouble[]): boolean {
  return troubles.some((trouble) => end >= trouble.begin && begin <= trouble.end + AFTERMATH);
}
