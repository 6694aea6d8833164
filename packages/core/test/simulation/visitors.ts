import type { Browser } from './browser.ts';
import type { ClientTraits, Pace, Task } from './exchange.ts';
import type { World } from './world.ts';

const SECOND = 1000;
export const MINUTE: number = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A request whose response comes at once and is never lost. */
export const QUICK: Pace = {
  wayIn: 1,
  beforeLoad: 0,
  beforeAct: 0,
  beforeSeal: 0,
  wayBack: 1,
  isLost: false,
};

const USER_AGENTS: readonly [string, ...string[]] = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
];

/** Draws what a visitor's browser and network look like. */
export function drawClient({ draws }: World): ClientTraits {
  return { ip: drawIp(draws.int(256), draws.chance(0.3)), userAgent: draws.pick(USER_AGENTS) };
}

function drawIp(network: number, isV6: boolean): string {
  return isV6 ? `2001:db8:${network}:100::7` : `198.51.${network}.7`;
}

/** Gets a session, and in half of the cases signs in, as long as nothing is lost yet. */
export async function arrive(world: World, browser: Browser): Promise<void> {
  await world.send(browser, { act: 'update' }, world.pace(0));
  if (world.draws.chance(0.5))
    await world.send(browser, { act: 'sign-in', userId: `user-${browser.name}` }, world.pace(0));
}

/** A visitor who gets a session, perhaps signs in, and then for hours asks for up to six things at a time. Nothing ends the session. */
export async function visitForHours(world: World, browser: Browser, hours: number): Promise<void> {
  await arrive(world, browser);
  await stayForHours(world, browser, hours);
}

/** A visitor who has a session, and for hours asks for up to six things at a time. Nothing ends the session, and nobody signs in. */
export async function stayForHours(world: World, browser: Browser, hours: number): Promise<void> {
  await burstsFor(world, browser, hours, () => plainTask(world));
}

/** A visitor who signs in, as one user or another, and finishes, with other requests beside it, the very first ones too. */
export async function visitAndSignIn(world: World, browser: Browser, hours: number): Promise<void> {
  const { draws } = world;
  await burstsFor(world, browser, hours, () => {
    if (draws.chance(0.85)) return plainTask(world);
    const user = draws.chance(0.8) ? 'one' : 'other';
    return draws.weighted<Task>([
      [{ act: 'sign-in', userId: `${browser.name}-${user}` }, 10],
      [{ act: 'finish' }, 2],
      [{ act: 'finish-keep' }, 4],
    ]);
  });
}

function plainTask({ draws }: World): Task {
  return draws.weighted<Task>([
    [{ act: 'read' }, 40],
    [{ act: 'read', passive: true }, 6],
    [{ act: 'update' }, 50],
    [{ act: 'stream', writes: draws.between(1, 4), every: draws.between(0, MINUTE) }, 4],
  ]);
}

/** Sends up to six requests at a time, some of them long polls or slow uploads, until the hours are over; then waits for every response and looks once more. */
async function burstsFor(world: World, browser: Browser, hours: number, task: () => Task): Promise<void> {
  const { draws, timeline } = world;
  const end = timeline.now + hours * HOUR;
  const responses: Promise<unknown>[] = [];
  while (timeline.now < end) {
    await untilUp(world, browser);
    if (draws.chance(0.05)) browser.move({ ...browser.client, ip: drawClient(world).ip });
    for (let left = draws.between(1, 6); left > 0; left -= 1) {
      responses.push(sendOne(world, browser, task()));
      await timeline.sleep(draws.chance(0.5) ? draws.between(0, 50) : draws.between(0, 2 * SECOND));
    }
    await timeline.sleep(draws.chance(0.5) ? draws.between(0, MINUTE) : draws.between(0, 8 * MINUTE));
  }
  await lookUntil(world, browser, Promise.all(responses));
  await timeline.sleep(2 * MINUTE);
  await untilUp(world, browser);
  await world.send(browser, { act: 'read' }, QUICK);
}

/** Waits for responses, and looks at the session meanwhile: a long poll alone would let it pass its idle timeout. */
async function lookUntil(world: World, browser: Browser, responses: Promise<unknown>): Promise<void> {
  let isWaiting = true;
  const arrived = responses.then(() => {
    isWaiting = false;
  });
  while (isWaiting) {
    await Promise.race([arrived, world.timeline.sleep(8 * MINUTE)]);
    if (isWaiting && !browser.isDown) await world.send(browser, { act: 'read' }, QUICK);
  }
}

/** Waits until a browser that was killed has been started again. */
async function untilUp({ timeline }: World, browser: Browser): Promise<void> {
  while (browser.isDown) await timeline.sleep(SECOND);
}

async function sendOne(world: World, browser: Browser, task: Task): Promise<void> {
  if (browser.isDown) return;
  const pace = world.pace();
  const { draws } = world;
  const isLongPoll = task.act === 'read' && draws.chance(0.02);
  const beforeSeal = isLongPoll ? draws.between(MINUTE, 25 * MINUTE) : pace.beforeSeal;
  // Nothing looks at the session before a large body has come in.
  const isUpload = task.act === 'update' && draws.chance(0.02);
  const beforeLoad = isUpload ? draws.between(MINUTE, 2 * MINUTE) : pace.beforeLoad;
  const x = await world.send(browser, task, { ...pace, beforeLoad, beforeSeal });
  if (x.task.act === 'sign-in' && x.beganId !== undefined) await tryOldTokens(world, x.beganId);
}

/** Somebody who has planted or copied the tokens from before a sign-in tries them once it has happened: each must be unknown. */
async function tryOldTokens(world: World, sessionId: string): Promise<void> {
  const life = world.ledger.life(sessionId);
  if (life === undefined) return;
  const era = life.users.length - 1;
  const dead = life.tokens.filter((fact) => fact.era < era).slice(-4);
  const attacker = world.browser(drawClient(world));
  for (const { token, label } of dead) {
    const x = await world.send(attacker, { act: 'read' }, QUICK, token);
    if (x.refusal !== 'unknown')
      world.ledger.fault(`${label}, from before a sign-in, was ${x.refusal ?? 'served'}`, x);
  }
}
