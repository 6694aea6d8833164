import type { Browser } from './browser.ts';
import type { ClientTraits, Exchange } from './exchange.ts';
import type { TokenFact } from './ledger.ts';
import { drawClient, MINUTE, QUICK, visitForHours } from './visitors.ts';
import type { World } from './world.ts';

/** How a thief looks beside the owner. */
export type Look = 'same' | 'unknown' | 'other network' | 'other browser' | 'other network and browser';

/** What came of a theft. */
export interface Theft {
  readonly thief: Exchange;
  readonly owner: Exchange;
  /** The thief's second try, after the owner's request. */
  readonly again: Exchange;
}

/** Lets an owner visit for two hours on one network, in which more than three tokens retire; gives the browser and its tokens, the current one last. */
export async function ownTokens(
  world: World,
): Promise<{ readonly owner: Browser; readonly tokens: readonly TokenFact[] }> {
  const owner = world.browser(drawClient(world), { stays: true });
  await visitForHours(world, owner, 2);
  // What the last look renewed is confirmed now, its grace passes, and it is used for longer than a cookie takes to disk.
  let last: Exchange;
  do {
    for (let i = 0; i < 2; i += 1) await world.send(owner, { act: 'read' }, QUICK);
    await world.timeline.sleep(2 * MINUTE);
    last = await world.send(owner, { act: 'read' }, QUICK);
  } while (last.brings !== undefined);
  const current = world.ledger.fact(owner.token);
  const tokens = current?.life.tokens.filter(({ era }) => era === current.era) ?? [];
  if (tokens.at(-1) !== current) world.ledger.fault('the owner does not hold the latest token');
  return { owner, tokens };
}

/** Lets a thief present the token that was retired `back` renewals ago, then the owner go on. */
export async function steal(world: World, back: number, look: Look): Promise<Theft | undefined> {
  const { owner, tokens } = await ownTokens(world);
  const stolen = tokens.at(-1 - back);
  if (stolen === undefined) {
    world.ledger.fault(`only ${tokens.length} tokens were issued`);
    return undefined;
  }
  const began = world.ledger.instant();
  const browser = world.browser(lookOf(look, owner.client));
  const thief = await world.send(browser, { act: 'read' }, QUICK, stolen.token);
  if (world.events.some(({ type }) => type === 'reused') && thief.refusal === 'retired' && isOther(look)) {
    const kill = { kind: 'theft', era: stolen.era, exchange: thief, began, successorId: undefined } as const;
    world.ledger.killed(stolen.life.id, kill);
  }
  const next = await world.send(owner, { act: 'update' }, QUICK);
  const again = await world.send(browser, { act: 'read' }, QUICK, stolen.token);
  return { thief, owner: next, again };
}

/** Tells whether a thief can be told from the owner. */
export function isOther(look: Look): boolean {
  return look.startsWith('other');
}

/**
 * Lets a thief copy the owner's token and follow each renewal: he presents the token that he has until the responses bring no newer one, for then
 * the owner has confirmed it, and goes on with that. Gives his exchanges.
 */
export async function follow(world: World, token: string, hours: number): Promise<readonly Exchange[]> {
  const browser = world.browser(drawClient(world));
  const end = world.timeline.now + hours * 60 * MINUTE;
  const exchanges: Exchange[] = [];
  let held = token;
  let spare: string | undefined;
  while (world.timeline.now < end) {
    const x = await world.send(browser, { act: 'read' }, QUICK, held);
    exchanges.push(x);
    if (x.brings !== undefined) spare = x.brings;
    else if (spare !== undefined) {
      held = spare;
      spare = undefined;
    }
    await world.timeline.sleep(MINUTE / 3);
  }
  return exchanges;
}

/** Makes what servers see of a thief. */
export function lookOf(look: Look, { ip, userAgent }: ClientTraits): ClientTraits {
  const other = {
    ip: '203.0.113.7',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/141.0.0.0 Safari/537.36 Edg/141.0',
  };
  switch (look) {
    case 'same':
      return { ip, userAgent };
    case 'unknown':
      return { ip: undefined, userAgent: undefined };
    case 'other network':
      return { ip: other.ip, userAgent };
    case 'other browser':
      return { ip, userAgent: other.userAgent };
    case 'other network and browser':
      return other;
  }
}
