import type { Browser, Overwriting } from './browser.ts';
import { type Exchange, type Instant, isBefore } from './exchange.ts';
import { cameBackElsewhere, causeInJar } from './jar-failures.ts';
import type { Kill, Ledger, Life, TokenFact } from './ledger.ts';
import type { Limit } from './limits.ts';

/** How the fault of a visitor who lost a session begins. */
export const REFUSED = 'was refused as';
/** How long a token is handed over after a finish, less what servers' clocks may differ. */
const SURE_GRACE = 50_000;
/** How late after its load a response may still carry a renewed token. */
const LATEST_SEAL = 10_000;
/** For how long a request that is held open is judged by its arrival: the grace, and what servers' clocks may differ. */
const MAX_HELD = 70_000;

/** Counts the failures by the limit that explains each, once for each token that a visitor lost by it; what none explains is a fault. */
export function countFailures(ledger: Ledger, browsers: readonly Browser[]): Map<Limit, number> {
  const lost = new Map<Limit, Set<string | undefined>>();
  const count = (limit: Limit | 'as meant' | undefined, x: Exchange, text: string, token = x.token) => {
    if (limit === undefined) ledger.fault(text, x);
    else if (limit !== 'as meant') lost.set(limit, (lost.get(limit) ?? new Set()).add(token));
  };
  for (const x of ledger.refused) {
    count(
      causeOf(x, ledger) ??
        causeInJar(x, killerOf(ledger.fact(x.token), x), ledger, browsers) ??
        causeOf({ ...x, tokenFrom: lastBringer(x, browsers) }, ledger),
      x,
      `${REFUSED} ${x.refusal}`,
    );
  }
  for (const x of ledger.cutShort) {
    const browser = browsers.find(({ name }) => name === x.browser);
    count(cutShortBy(x, ledger, browser), x, 'was cut short by ERR_SESSION_ENDED');
  }
  for (const x of ledger.handedOver) {
    const kills = ledger.fact(x.token)?.life.kills ?? [];
    // Of several finishes in a row the last one's successor serves, so only the first is looked for.
    if (!kills.some((kill) => kill.kind === 'finish-keep'))
      ledger.fault('was served by a session that is not its own', x);
  }
  for (const { exchanges, overwritings, crashes } of browsers) {
    for (const { at, lost: gone, back } of crashes) {
      if (gone?.token === undefined || gone.from === undefined || back.token !== undefined) continue;
      if (isAlive(ledger.fact(gone.token), at))
        count('killed before the first cookie was on the disk', gone.from, '', gone.token);
    }
    for (const x of exchanges) {
      if (isOwedRenewed(x, ledger)) ledger.fault('was not given the renewed token again', x);
    }
    for (const each of overwritings) {
      // A token that is dead will show when it is presented.
      if (!isAlive(each.lost, each.by.arrived) || !isAlive(each.next, each.by.arrived)) continue;
      // Refused though nothing had killed the token: whether that was right is judged where it was refused.
      if (each.by.refusal !== undefined && isAlive(ledger.fact(each.by.token), each.by.loaded)) continue;
      const { by, lost: gone } = each;
      count(overwrittenBy(each, ledger), by, `overwrote the cookie of ${gone.label}`, gone.token);
    }
  }
  return new Map([...lost].map(([limit, tokens]) => [limit, tokens.size]));
}

/** Returns the exchange that brought a request's token last. A browser that was killed may have had the same token on its disk from an earlier one. */
function lastBringer(x: Exchange, browsers: readonly Browser[]): Exchange | undefined {
  const exchanges = browsers.find(({ name }) => name === x.browser)?.exchanges ?? [];
  const bringers = exchanges.filter(({ brings, arrived }) => brings === x.token && isBefore(arrived, x.sent));
  return bringers.toSorted((one, other) => (isBefore(one.arrived, other.arrived) ? -1 : 1)).at(-1);
}

/** Finds why a request with a token was not served; undefined where nothing allows it. */
function causeOf(x: Exchange, ledger: Ledger): Limit | 'as meant' | undefined {
  const fact = ledger.fact(x.token);
  const kill = killerOf(fact, x);
  if (kill === undefined) return isHeldOpen(x) ? 'held open for longer than the grace' : undefined;
  if (kill.kind === 'theft' || kill.kind === 'destroy') return 'as meant';
  if (kill.kind === 'finish')
    return x.refusal === 'finished' || x.refusal === 'retired' ? 'as meant' : undefined;
  if (kill.kind === 'finish-keep' && isOwedSuccessor(x, kill, ledger))
    return isHeldOpen(x) ? 'held open for longer than the grace' : undefined;
  const isSignIn = kill.kind === 'sign-in';
  const { arrived, pace } = kill.exchange;
  if (pace.isLost) return isSignIn ? 'response to the sign-in lost' : 'response to the finish lost';
  if (arrived === undefined) return undefined;
  if (isBefore(x.sent, arrived))
    return isSignIn ? 'sent before the response to the sign-in' : 'sent before the response to the finish';
  const from = x.tokenFrom;
  if (from === undefined || !isBefore(arrived, from.arrived)) return undefined;
  if (fact === undefined) return undefined;
  if (isSignIn && from.task.act === 'sign-in' && isBefore(from.sent, arrived))
    return 'sign-ins beside each other';
  if (fact.kind !== 'renewed')
    return isHandedOverTwice(fact, from, kill, ledger) ? 'token of a successor over a later one' : undefined;
  if (!isSealedInTime(from, kill)) return undefined;
  return isSignIn ? 'renewed token over the sign-in' : 'renewed token over the finish';
}

/** Tells whether nothing looked at the session for so long that its token may have been replaced, and that no session was begun in its place. */
function isHeldOpen({ opened, loaded, refusal, beganId }: Exchange): boolean {
  if (opened === undefined || loaded === undefined) return false;
  const isLate = refusal === 'retired' || refusal === 'finished';
  return isLate && beganId === undefined && loaded.at - opened.at >= MAX_HELD;
}

/** Finds the call that killed a token before or while an exchange was loaded. */
function killerOf(fact: TokenFact | undefined, x: Exchange): Kill | undefined {
  return fact?.life.kills.find((kill) => kill.era >= fact.era && isBefore(kill.began, x.loaded));
}

/** Tells whether the very token that a session was finished with should have led to the successor. */
function isOwedSuccessor(x: Exchange, { exchange, done, successorId }: Kill, ledger: Ledger): boolean {
  if (x.token !== exchange.token || x.refusal === 'retired') return false;
  const isInGrace = x.opened !== undefined && x.opened.at - done.at <= SURE_GRACE;
  return isInGrace && !ledger.life(successorId)?.kills.some(({ began }) => isBefore(began, x.loaded));
}

/** Tells whether a successor was handed to more than one request, so that a slower response could bring its token after another had used it. */
function isHandedOverTwice(
  { life, responses }: TokenFact,
  from: Exchange,
  kill: Kill,
  ledger: Ledger,
): boolean {
  const isSuccessors = from.task.act === 'finish-keep' || from.beganId !== life.id;
  // Where the load handed it over, a late response leaves it out.
  if (from.servedId === life.id && !isSealedInTime(from, kill)) return false;
  return isSuccessors && (responses > 1 || ledger.fact(kill.exchange.token)?.life !== life);
}

/** Tells whether a response carried no token though the one presented had been renewed and nobody had presented the newer. */
function isOwedRenewed(x: Exchange, ledger: Ledger): boolean {
  const fact = ledger.fact(x.token);
  const { opened, loaded, sealed } = x;
  if (fact === undefined || loaded === undefined || sealed === undefined || x.brings !== undefined)
    return false;
  if (x.servedId !== fact.life.id || x.task.passive === true || sealed.at - loaded.at > LATEST_SEAL)
    return false;
  const renewed = fact.life.tokens.find(({ from }) => from === fact);
  const isOnItsWay = isBefore(renewed?.born, opened) && !isBefore(renewed?.presented, sealed);
  return isOnItsWay && !fact.life.kills.some(({ began }) => isBefore(began, sealed));
}

/** Tells whether a response could carry a renewed token: sealed soon after its load, and before its server knew better. */
function isSealedInTime({ server, loaded, sealed }: Exchange, kill: Kill): boolean {
  if (loaded === undefined || sealed === undefined || sealed.at - loaded.at > LATEST_SEAL) return false;
  return (
    server !== kill.exchange.server ||
    isBefore(sealed, kill.done) ||
    // A server remembers no longer what it has seen.
    sealed.at - kill.done.at > LATEST_SEAL
  );
}

function cutShortBy(
  x: Exchange,
  ledger: Ledger,
  browser: Browser | undefined,
): Limit | 'as meant' | undefined {
  const fact = ledger.fact(x.token);
  const isHandedOver = fact !== undefined && fact.life.id !== x.servedId;
  const life = isHandedOver ? ledger.life(x.servedId) : fact?.life;
  const era = ledger.eraOf(x);
  const kill = life?.kills.find((each) => each.era >= era && isBefore(each.began, x.failed?.at));
  if (kill === undefined) {
    const isElsewhere = life && browser && cameBackElsewhere(life, browser, ledger);
    if (isElsewhere === true) return 'came back from another network after a kill';
    return isHeldOpen(x) ? 'held open for longer than the grace' : undefined;
  }
  if (kill.kind === 'finish' || kill.kind === 'destroy') return 'as meant';
  return kill.kind === 'sign-in'
    ? 'sent before the response to the sign-in'
    : 'sent before the response to the finish';
}

/** Tells whether nothing had killed a token, or was about to. */
function isAlive(fact: TokenFact | undefined, at: Instant | undefined): boolean {
  if (fact === undefined) return false;
  const { life, era } = fact;
  return !life.kills.some((kill) => kill.era >= era && isBefore(kill.began, at));
}

/** Finds why a session's cookie gave way to that of another, which a request beside it had begun. */
function overwrittenBy({ by, lost, next, since }: Overwriting, ledger: Ledger): Limit | undefined {
  if (!isBefore(by.sent, since)) return undefined;
  if (by.token === undefined) return 'first requests beside each other';
  const kill = ledger.fact(by.token)?.life.kills.find(({ began }) => isBefore(began, by.sealed));
  // Two sessions that began apart, and a renewal has put the other's token back: the one that was slower to be known, or that a request under way for long still held.
  if (kill === undefined) {
    const beganApart = originOf(lost.life, ledger) !== originOf(next.life, ledger);
    return next.kind === 'renewed' && beganApart ? 'first requests beside each other' : undefined;
  }
  // Without a session after that, each request that writes begins one.
  if (lost.life.id !== kill.exchange.beganId) return 'first requests beside each other';
  return kill.kind === 'sign-in' ? 'began a session beside a sign-in' : 'began a session beside a finish';
}

/** Finds the session that another goes back to, by the finishes and sign-ins of other users that carried the visitor on. */
function originOf(life: Life, ledger: Ledger): Life {
  const { servedId, token } = life.beganWith;
  const before = servedId === undefined ? undefined : ledger.fact(token)?.life;
  return before === undefined ? life : originOf(before, ledger);
}
