import { afterId, type Call, loadedId } from '../call.ts';
import { type Violation, violation } from '../violation.ts';
import type { Life, World } from '../world.ts';

/** Finds tokens that opened what they must not: never sent by a server, sent for another session, or replaced by a sign-in or renewal. */
export function wrongTokens(world: World): readonly Violation[] {
  const found: Violation[] = [];
  const replaced = new Set<string>();
  for (const call of world.calls) {
    const served = loadedId(call);
    const receipt = call.reply?.receipt;
    if (served === undefined && receipt === undefined) continue;
    const grant = world.grants.get(call.token ?? '');
    if (grant === undefined) {
      const isOwn = served === undefined && call.token === undefined;
      if (isOwn || world.sent.has(call.token ?? '')) continue;
      const what = served ?? `the receipt of ${receipt?.session}`;
      const message = `${call.token ?? 'a request without a token'} opened ${what}`;
      found.push(violation('token not granted', message, [call], call.begin));
      continue;
    }
    const { session } = grant;
    if (served !== session && receipt?.session !== session) {
      const message = `${call.token} of ${session} opened ${served}`;
      found.push(violation('token not granted', message, [grant.call, call], call.begin));
      continue;
    }
    const life = world.lives.get(session);
    const by = life && replacementOf(life, grant.call, call);
    if (by === undefined || replaced.has(grant.token)) continue;
    replaced.add(grant.token);
    const message = `${call.token} of ${session} was accepted after a ${by.action} had replaced it`;
    found.push(violation('replaced token', message, [grant.call, by, call], by.end));
  }
  return found;
}

/** Finds the sign-in or renewal that certainly replaced a token between its grant and its use. */
function replacementOf({ id, changers }: Life, granted: Call, use: Call): Call | undefined {
  return changers.find(
    (call) =>
      (call.action === 'sign-in' || call.action === 'renew') &&
      call.effect === 'done' &&
      loadedId(call) === id &&
      afterId(call) === id &&
      call.begin > granted.end &&
      call.end < use.begin &&
      call.outcome.sets !== use.token,
  );
}
