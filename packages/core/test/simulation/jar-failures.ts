import type { Browser } from './browser.ts';
import { type Exchange, isBefore } from './exchange.ts';
import type { Kill, Ledger, Life, TokenFact } from './ledger.ts';
import type { Limit } from './limits.ts';

/** How long a retired token is served, less what servers' clocks may differ. */
const SURE_GRACE = 50_000;
/** For how long a token must have been in use at least until the one before is left behind, less what servers' clocks may differ. */
const SURELY_FLUSHED = 80_000;

/** Finds why a request with a token was not served where browsers are killed, or share a cookie. */
export function causeInJar(
  x: Exchange,
  kill: Kill | undefined,
  ledger: Ledger,
  browsers: readonly Browser[],
): Limit | 'as meant' | undefined {
  const browser = browsers.find(({ name }) => name === x.browser);
  if (browser === undefined) return undefined;
  // Nobody was left to hear the response.
  if (browser.crashes.some(({ at }) => isBefore(x.sent, at) && isBefore(at, x.loaded))) return 'as meant';
  const fact = ledger.fact(x.token);
  if (fact !== undefined && cameBackElsewhere(fact.life, browser, ledger))
    return 'came back from another network after a kill';
  const backs = browser.crashes.filter(
    ({ at, lost, back }) => lost !== undefined && back.token === x.token && isBefore(at, x.sent),
  );
  const last = backs.at(-1);
  if (last !== undefined && last.back.from === x.tokenFrom) {
    const lastKill = kill && lastKillOf(kill, x, ledger);
    if (lastKill?.kind === 'sign-in') return 'killed before the cookie of the sign-in was on the disk';
    if (lastKill?.kind === 'finish-keep' && fact?.from === ledger.fact(lastKill.exchange.token))
      return 'killed after a finish with an older token';
    if (lastKill?.kind === 'finish' || lastKill?.kind === 'destroy') return 'as meant';
    if (backs.length > 1) return 'killed twice before a newer cookie was on the disk';
  }
  const lastCall = kill && lastKillOf(kill, x, ledger);
  if (lastCall?.kind === 'finish' || lastCall?.kind === 'destroy') return 'as meant';
  // Of the first kill nothing was lost from memory, because the response that should have brought the successor's token never came.
  const returns = browser.crashes.filter(
    ({ at, back }) => back.token === x.token && isBefore(kill?.exchange.sent, at) && isBefore(at, x.sent),
  );
  if (lastCall?.kind === 'finish-keep' && returns.length > 1)
    return 'killed twice before a newer cookie was on the disk';
  const during = browser.crashes.find(
    ({ at }) => isBefore(lastCall?.exchange.sent, at) && lastCall?.exchange.arrived === undefined,
  );
  if (lastCall?.kind === 'sign-in' && isBefore(x.sent, lastCall.exchange.arrived))
    return 'sent before the response to the sign-in';
  if (during !== undefined && lastCall?.kind === 'sign-in')
    return isBefore(x.sent, during.at)
      ? 'sent before the response to the sign-in'
      : 'response to the sign-in lost';
  if (during !== undefined && lastCall?.kind === 'finish-keep') {
    // The successor's secret is derived from the token that finished.
    if (x.token === lastCall.exchange.token) return undefined;
    return isBefore(x.sent, during.at)
      ? 'sent before the response to the finish'
      : 'killed after a finish with an older token';
  }
  return kill === undefined && isLeftBehind(x, fact, browser, browsers)
    ? 'another jar went on with a newer token'
    : undefined;
}

/** Tells whether a browser that had been killed looked like a thief, since it had gone to another network too. */
export function cameBackElsewhere({ id }: Life, { exchanges, crashes }: Browser, ledger: Ledger): boolean {
  const hasMoved = exchanges.some(({ client }) => client.ip !== exchanges[0]?.client.ip);
  return hasMoved && ledger.endedByReuse.has(id) && crashes.some(({ lost }) => lost !== undefined);
}

/** Follows the sessions that carried the visitor on to the call that killed the tokens of the last of them. */
function lastKillOf(kill: Kill, x: Exchange, ledger: Ledger): Kill {
  const next = ledger.life(kill.successorId)?.kills.find(({ began }) => isBefore(began, x.loaded));
  return next === undefined ? kill : lastKillOf(next, x, ledger);
}

/** Tells whether another jar of the device has left a token behind for good. */
function isLeftBehind(
  x: Exchange,
  fact: TokenFact | undefined,
  { device }: Browser,
  browsers: readonly Browser[],
): boolean {
  const newer = fact?.life.tokens.find(({ from }) => from === fact);
  const jars = browsers.filter((each) => each.device === device);
  if (newer?.presented === undefined || jars.length < 2) return false;
  if (newer.life.tokens.some(({ from, presented }) => from === newer && isBefore(presented, x.loaded)))
    return true;
  const { at } = newer.presented;
  const earlier = jars
    .flatMap(({ exchanges }) => exchanges)
    .filter(({ loaded }) => isBefore(loaded, x.loaded));
  const wasUsed = earlier.some(
    ({ token, task, opened }) =>
      token === newer.token && task.passive !== true && (opened?.at ?? 0) - at >= SURELY_FLUSHED,
  );
  const comesBack = earlier.some(
    ({ token, servedId, opened }) =>
      token === x.token && servedId !== undefined && (opened?.at ?? 0) - at > SURE_GRACE,
  );
  return wasUsed || comesBack;
}
