import { afterId, type Call, loadedId } from '../call.ts';
import { type Violation, violation } from '../violation.ts';
import type { Life, World } from '../world.ts';

/** From when on a session must not be served. */
interface Ending {
  readonly at: number;
  readonly how: string;
  readonly by: Call;
}

/** Finds sessions that were served by a request that began after their end had been acknowledged. */
export function servedAfterEnd(world: World): readonly Violation[] {
  const endings = new Endings(world);
  return [...world.lives.values()].flatMap((life) => {
    const ending = endings.of(life);
    if (ending === undefined) return [];
    const served = life.sights.find(({ call }) => call.begin > ending.at && loadedId(call) === life.id);
    if (served === undefined) return [];
    const message = `${life.id} was served to ${served.call.client} after its end by ${ending.how}`;
    return [violation('served after its end', message, [ending.by, served.call], ending.at)];
  });
}

/** Finds the first certain end of each session. */
class Endings {
  readonly #world: World;
  readonly #first: Map<string, Ending> = new Map();
  readonly #signIns: ReadonlyMap<string, readonly Call[]>;

  constructor(world: World) {
    this.#world = world;
    this.#signIns = new Map(
      [...world.lives.values()].map(({ id, changers }) => [
        id,
        changers.filter(({ action }) => action === 'sign-in'),
      ]),
    );
    for (const call of world.calls) if (call.effect === 'done') this.#noteCall(call);
    for (const life of world.lives.values()) this.#noteDeadlines(life);
  }

  of({ id }: Life): Ending | undefined {
    return this.#first.get(id);
  }

  #note(id: string, ending: Ending): void {
    const first = this.#first.get(id);
    if (first === undefined || ending.at < first.at) this.#first.set(id, ending);
  }

  #noteCall(call: Call): void {
    const { action, end: at } = call;
    const loaded = loadedId(call);
    const { won, receipt } = call.reply ?? {};
    if (receipt !== undefined) this.#note(receipt.session, { at, how: 'its finish', by: call });
    if (action === 'sign-out' && loaded !== undefined) {
      // It ends what was put in the place of the session too.
      for (const id of this.#world.chainOf(loaded)) this.#note(id, { at, how: 'a sign-out', by: call });
    }
    if (action === 'finish' && won === true && loaded !== undefined)
      this.#note(loaded, { at, how: 'its finish', by: call });
    if (action === 'revoke' && won === true && call.target !== undefined)
      this.#note(call.target, { at, how: 'a revocation', by: call });
    if (action === 'sign-in' && loaded !== undefined && afterId(call) !== loaded)
      this.#note(loaded, { at, how: "another user's sign-in", by: call });
    if (action === 'revoke-user') this.#noteRevokedUser(call);
    if (action === 'revoke-all') {
      for (const life of this.#world.lives.values())
        if (life.shownAt < call.begin) this.#note(life.id, { at, how: 'the revocation of all', by: call });
    }
  }

  /** All sessions of the user end whose sign-in had been acknowledged before, and what was put in their place. */
  #noteRevokedUser(call: Call): void {
    const { user, target: except } = call;
    const isExcepted = (chain: ReadonlySet<string>): boolean =>
      except !== undefined &&
      (chain.has(except) || [...chain].some((id) => this.#world.chainOf(except).has(id)));
    for (const { id, sights } of this.#world.lives.values()) {
      const wasSignedIn = sights.some((sight) => sight.user === user && sight.call.end < call.begin);
      if (!wasSignedIn) continue;
      const chain = this.#world.chainOf(id);
      if (isExcepted(chain)) continue;
      // A sign-in that was still under way may have come after the revocation.
      if ([...chain].some((each) => this.#hasSignIn(each, call.begin))) continue;
      for (const each of chain)
        this.#note(each, { at: call.end, how: 'the revocation of its user', by: call });
    }
  }

  /** A session that was signed in with a lifetime of its own ends then, and so does its successor. */
  #noteDeadlines({ id }: Life): void {
    for (const call of this.#signIns.get(id) ?? []) {
      if (call.lifetime === undefined || call.effect !== 'done' || afterId(call) !== id) continue;
      const chain = this.#world.chainOf(id);
      const isReplaced = [...chain].some((each) =>
        this.#signIns.get(each)?.some((other) => other !== call && other.settled > call.begin),
      );
      if (isReplaced) continue;
      const at = call.end + call.lifetime + this.#world.skew;
      for (const each of chain) this.#note(each, { at, how: 'its deadline', by: call });
    }
  }

  #hasSignIn(id: string, since: number): boolean {
    return this.#signIns.get(id)?.some(({ settled }) => settled > since) ?? false;
  }
}
