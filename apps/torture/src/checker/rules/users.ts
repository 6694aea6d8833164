import { type Violation, violation } from '../violation.ts';
import { groupBy, type World } from '../world.ts';

/** Finds responses that show a user whom their browser never signed in. */
export function foreignUsers(world: World): readonly Violation[] {
  const signIns = groupBy(
    world.calls.filter(({ action }) => action === 'sign-in'),
    ({ client }) => client,
  );
  const usersOf = new Map(
    [...signIns].map(([client, calls]) => [client, new Set(calls.map(({ user }) => user))]),
  );
  return world.calls.flatMap((call) => {
    const { loaded, after } = call.reply ?? {};
    const foreign = [loaded?.user, after?.user].find(
      (user) => user !== undefined && usersOf.get(call.client)?.has(user) !== true,
    );
    if (foreign === undefined) return [];
    const message = `${call.client} was served as ${foreign}, whom it never signed in`;
    return [violation("another's data", message, [call], call.end)];
  });
}
