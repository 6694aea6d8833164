import { afterId, type Call, loadedId } from '../call.ts';
import { type Grant, groupBy, type Life, type World } from '../world.ts';

/** Finds what explains that a token was refused. */
export class CauseFinder {
  readonly #world: World;
  readonly #revocations: readonly Call[];
  readonly #signIns: ReadonlyMap<string, readonly Call[]>;
  readonly #tokensOf: ReadonlyMap<string, readonly Grant[]>;

  constructor(world: World) {
    this.#world = world;
    this.#revocations = world.calls.filter(
      ({ action }) => action === 'revoke-user' || action === 'revoke-all',
    );
    this.#signIns = groupBy(
      world.calls.filter(({ action }) => action === 'sign-in'),
      ({ user }) => user,
    );
    this.#tokensOf = groupBy([...world.grants.values()], ({ session }) => session);
  }

  /** Tells whether a token may have been refused at a request, whose session was granted. */
  explains(grant: Grant, refused: Call): boolean {
    const life = this.#world.lives.get(grant.session);
    if (life === undefined) return false;
    return (
      life.changers.some((call) => this.#changed(grant, call, refused)) ||
      this.#wasRevoked(life, refused) ||
      this.#wasRenewed(grant, refused) ||
      this.#hasExpired(life, refused) ||
      this.#wasTooMany(life, refused)
    );
  }

  /** A sign-out, finish or revocation ends the session; a sign-in or renewal replaces the token, unless the token came after it. */
  #changed({ token, session, call: granted }: Grant, change: Call, refused: Call): boolean {
    if (change.begin > refused.end || change.call === refused.call) return false;
    const isNewSecret = change.action === 'sign-in' || change.action === 'renew';
    // While a sign-in fails, the earlier token opens nothing until the sign-in is rolled back.
    if (change.effect === 'none') return isNewSecret && change.end >= refused.begin;
    const isWon = change.effect === 'unknown' || change.reply?.won === true;
    if (change.action === 'revoke') return isWon && change.target === session;
    // What it left is the successor, which it did not end.
    if (change.action === 'finish')
      return isWon && (change.reply === undefined || loadedId(change) === session);
    if (!isNewSecret) return true;
    // If it failed, it may have replaced the token that it was handed and passed on.
    const isItsOwn = change.outcome.sets === token && afterId(change) === session;
    if (isItsOwn && change.effect === 'done') return false;
    return change.settled >= granted.begin;
  }

  #wasRevoked({ id, sights, changers }: Life, refused: Call): boolean {
    return this.#revocations.some((call) => {
      if (call.begin > refused.end || call.effect === 'none') return false;
      if (call.action === 'revoke-all')
        return call.settled >= Math.min(...sights.map((sight) => sight.call.begin));
      if (call.target === id) return false;
      const signIns = [
        ...sights.filter(({ user }) => user === call.user).map((sight) => sight.call.begin),
        ...changers
          .filter(({ action, user }) => action === 'sign-in' && user === call.user)
          .map(({ begin }) => begin),
      ];
      const since = Math.min(...signIns);
      return since <= refused.end && call.settled >= since;
    });
  }

  /** The timer replaced it: a newer token was presented, longer ago than the grace. */
  #wasRenewed({ token, session, call: granted }: Grant, refused: Call): boolean {
    const grace = this.#world.run.renewalGrace - this.#world.skew;
    return (this.#tokensOf.get(session) ?? []).some((other) => {
      if (other.token === token || other.call.end < granted.begin) return false;
      const [first] = this.#world.callsOf(other.token);
      return first !== undefined && refused.end - first.begin > grace;
    });
  }

  /** It had a lifetime of its own, or followed a session that had. */
  #hasExpired({ id }: Life, refused: Call): boolean {
    return [...this.#world.originsOf(id)].some((origin) =>
      this.#world.lives
        .get(origin)
        ?.changers.some(
          ({ action, lifetime, begin }) =>
            action === 'sign-in' &&
            lifetime !== undefined &&
            refused.end >= begin + lifetime - this.#world.skew,
        ),
    );
  }

  /** The user had so many sessions that the oldest were ended. */
  #wasTooMany({ sights }: Life, refused: Call): boolean {
    const users = new Set(sights.flatMap(({ user }) => user ?? []));
    return [...users].some(
      (user) =>
        (this.#signIns.get(user) ?? []).filter(({ begin }) => begin <= refused.end).length >
        this.#world.run.maxPerUser,
    );
  }
}
