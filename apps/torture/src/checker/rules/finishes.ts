import { afterId, type Call, loadedId } from '../call.ts';
import { type Violation, violation } from '../violation.ts';
import type { Life, World } from '../world.ts';

/** Finds sessions that were finished more than once, with more than one order, or with more than one successor. */
export function repeatedFinishes(world: World): readonly Violation[] {
  const winners = new Map<string, Call>();
  const orders = new Map<string, { readonly order: string; readonly by: Call }>();
  const found: Violation[] = [];
  for (const call of world.calls) {
    const { won, receipt } = call.reply ?? {};
    const id = loadedId(call);
    if (call.action === 'finish' && won === true && id !== undefined) {
      const first = winners.get(id);
      if (first === undefined) winners.set(id, call);
      else found.push(violation('finished twice', `${id} was finished twice`, [first, call], first.end));
    }
    if (receipt === undefined) continue;
    const first = orders.get(receipt.session) ?? { order: receipt.order, by: call };
    orders.set(receipt.session, first);
    if (first.order !== receipt.order) {
      const message = `${receipt.session} has the orders ${first.order} and ${receipt.order}`;
      found.push(violation('two orders', message, [first.by, call], first.by.end));
    }
  }
  return [...found, ...[...world.lives.values()].flatMap((life) => twoSuccessors(world, life))];
}

/** Finds two sessions that were handed out for one, neither of which can be the successor of the other. */
function twoSuccessors(world: World, { id, successors }: Life): readonly Violation[] {
  const others = [...successors];
  for (const [at, one] of others.entries()) {
    for (const other of others.slice(at + 1)) {
      if (mayFollow(world, one, other) || mayFollow(world, other, one)) continue;
      const calls = world.calls.filter(
        (call) =>
          call.reply?.receipt?.session === id &&
          [loadedId(call), afterId(call)].some((each) => each === one || each === other),
      );
      const message = `${id} was followed by ${one} and by ${other}`;
      return [violation('two successors', message, calls.slice(0, 4), calls[0]?.end ?? 0)];
    }
  }
  return [];
}

/** Tells whether a session may have been finished in favour of another, at some distance. Only a finish without a response leaves that open. */
function mayFollow(world: World, one: string, other: string): boolean {
  const chain = world.chainOf(one);
  if (chain.has(other)) return true;
  return [...chain].some((id) =>
    world.lives.get(id)?.changers.some(({ action, effect }) => action === 'finish' && effect === 'unknown'),
  );
}
