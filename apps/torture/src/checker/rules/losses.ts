import { afterId, type Call, loadedId } from '../call.ts';
import { type Violation, violation } from '../violation.ts';
import type { Grant, World } from '../world.ts';
import { CauseFinder } from './causes.ts';

/** Finds tokens that were refused, and requests that were told that their session had ended, where nothing in the history explains it. */
export function lostSessions(world: World): readonly Violation[] {
  const causes = new CauseFinder(world);
  const found = new Map<string, Violation>();
  for (const call of world.calls) {
    const grant = world.grants.get(call.token ?? '');
    if (grant === undefined || found.has(grant.session) || !isRefused(call)) continue;
    if (causes.explains(grant, call)) continue;
    const reason = call.reply?.ended ?? call.reply?.code;
    const message = `${call.client} lost ${grant.session}: ${call.token} was refused as ${reason}`;
    found.set(grant.session, violation('lost session', message, [grant.call, call], grant.call.end));
  }
  return [...found.values(), ...lostSuccessors(world, causes)];
}

/** Tells whether a request was served without any session, or was told that its session had ended. */
function isRefused({ reply }: Call): boolean {
  if (reply?.loaded === undefined) return false;
  return reply.code === 'ERR_SESSION_ENDED' || reply.loaded.id === undefined;
}

/** Finds signed-in customers who repeated the token of their finish within the grace, and did not receive the successor. */
function lostSuccessors(world: World, causes: CauseFinder): readonly Violation[] {
  const found: Violation[] = [];
  const grace = world.run.renewalGrace - world.skew;
  for (const finish of world.calls) {
    const successor = afterId(finish);
    const token = finish.outcome.sets;
    const session = loadedId(finish);
    if (finish.action !== 'finish' || finish.reply?.won !== true) continue;
    if (successor === undefined || token === undefined || session === undefined) continue;
    const grant: Grant = { token, session: successor, call: finish };
    const lost = world
      .callsOf(finish.token)
      .find(
        (call) =>
          call.begin > finish.end &&
          call.end < finish.begin + grace &&
          call.reply?.loaded !== undefined &&
          loadedId(call) === undefined &&
          !causes.explains(grant, call),
      );
    if (lost === undefined) continue;
    const message = `${lost.client} finished ${session}, and did not get ${successor} again`;
    found.push(violation('lost session', message, [finish, lost], finish.end));
  }
  return found;
}
