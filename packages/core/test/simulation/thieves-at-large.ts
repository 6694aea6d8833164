import { stayAndCrash } from './crashes.ts';
import { drawsFrom } from './draws.ts';
import type { Exchange } from './exchange.ts';
import { type Look, lookOf } from './thieves.ts';
import { drawClient, MINUTE, QUICK } from './visitors.ts';
import { World } from './world.ts';

const HOURS = 3;
const OWNERS = 3;
/** A retired token is served so long, and as much longer as servers' clocks may differ. */
const GRACE = 70_000;

/** The looks of thieves that are let loose on a visitor whose browser is killed again and again. */
export const THIEF_LOOKS: readonly Look[] = [
  'other network',
  'other browser',
  'other network and browser',
  'unknown',
  'same',
];

/** What the thieves of a world came to. */
export interface Haul {
  readonly copied: number;
  /** Requests of the thieves that were served. */
  readonly served: number;
  /** Those among them with a token whose successor had been confirmed longer than the grace before. */
  readonly servedLate: number;
  /** How long after the copy the last one was served, in minutes, all thieves together. */
  readonly minutes: number;
  /** Sessions that were ended because a retired token came back. */
  readonly caught: number;
}

/** Lets visitors be killed again and again for hours, and a thief copy the token of each at some moment and present it once or for hours. */
export async function hunt(seed: number, look: Look, loss: number): Promise<Haul> {
  const world = new World({ seed, loss, renewAfter: ['15m', '5m', '2m'][seed % 3] ?? '15m' });
  const { timeline } = world;
  // Draws of their own, so that a rule of the session changes nothing about the thieves.
  const draws = drawsFrom(seed + 0x7e1f);
  const hauls: { readonly at: number; readonly exchanges: readonly Exchange[] }[] = [];
  for (let i = 0; i < OWNERS; i += 1) {
    const owner = world.mortalBrowser(drawClient(world), { stays: true });
    world.start(() => stayAndCrash(world, owner, { hours: HOURS, maxDown: 10 * MINUTE }));
    const waits = Array.from({ length: draws.pick([1, 5, 60]) }, () => draws.between(1000, 5 * MINUTE));
    const copiedAfter = draws.between(MINUTE, 2 * 60 * MINUTE);
    world.start(async () => {
      await timeline.sleep(copiedAfter);
      while (owner.token === undefined) await timeline.sleep(MINUTE);
      const { token } = owner;
      const browser = world.browser(lookOf(look, owner.client));
      hauls.push({ at: timeline.now, exchanges: browser.exchanges });
      for (const wait of waits) {
        await timeline.sleep(waits.length === 1 ? 12 * wait : wait);
        await world.send(browser, { act: 'read' }, QUICK, token);
      }
    });
  }
  await world.run(`LOSSY_SEED=${seed}, thieves from ${look}`);
  let [served, servedLate, minutes] = [0, 0, 0];
  for (const { at, exchanges } of hauls) {
    const hits = exchanges.filter(({ servedId }) => servedId !== undefined);
    served += hits.length;
    minutes += Math.round(((hits.at(-1)?.opened?.at ?? at) - at) / MINUTE);
    servedLate += hits.filter((x) => {
      const fact = world.ledger.fact(x.token);
      const presented = fact?.life.tokens.find(({ from }) => from === fact)?.presented;
      if (presented === undefined) return false;
      const confirmed = world.events.find(
        ({ type, sessionId, trueTime }) =>
          type === 'confirmed' && sessionId === fact?.life.id && trueTime >= presented.at,
      );
      return (x.opened?.at ?? 0) - (confirmed?.trueTime ?? Number.POSITIVE_INFINITY) > GRACE;
    }).length;
  }
  const caught = world.events.filter((event) => event.type === 'reused' && event.ended).length;
  return { copied: hauls.length, served, servedLate, minutes, caught };
}
