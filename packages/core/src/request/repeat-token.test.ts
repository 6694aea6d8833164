import { describe, expect, it } from 'vitest';
import { Browser, setCookies } from '../../test/support/browser.ts';
import { type SetUp, setUp } from '../../test/support/set-up.ts';

async function begun(): Promise<{ env: SetUp; browser: Browser }> {
  const env = setUp();
  const browser = new Browser();
  await browser.use(env.sessions, (session) => session.update({ note: 'x' }));
  return { env, browser };
}

/** Loads the session, asks for its token again, and returns the cookies of the response. */
async function repeat(
  { sessions, clock }: SetUp,
  browser: Browser,
  slowness = 1,
): Promise<readonly string[]> {
  const { visit } = await browser.load(sessions);
  visit.repeatToken();
  clock.advance(slowness);
  return setCookies(visit.seal());
}

describe('repeatToken', () => {
  it('sends the presented token again', async () => {
    const { env, browser } = await begun();
    expect(await repeat(env, browser)).toEqual([expect.stringContaining(browser.token)]);
  });

  it('sends nothing without a session or after its end', async () => {
    const { env, browser } = await begun();
    expect(await repeat(env, new Browser())).toEqual([]);
    const { visit, session } = await browser.load(env.sessions);
    visit.repeatToken();
    await session.destroy();
    expect(setCookies(visit.seal()).every((line) => !line.includes(browser.token))).toBe(true);
  });

  it('leaves the token out of a late response', async () => {
    const { env, browser } = await begun();
    expect(await repeat(env, browser, 11_000)).toEqual([]);
  });

  it('leaves out a token that another request’s sign-in has replaced', async () => {
    const { env, browser } = await begun();
    const slow = await browser.load(env.sessions);
    slow.visit.repeatToken();
    await browser.copy().use(env.sessions, (session) => session.signIn('alice'));
    expect(setCookies(slow.visit.seal())).toEqual([]);
  });

  it('leaves out a retired token, and one that a renewal may replace before the response arrives', async () => {
    const { env, browser } = await begun();
    env.clock.advance(14 * 60_000 + 45_000);
    expect(await repeat(env, browser)).toEqual([]);
    const old = browser.copy();
    env.clock.advance('1m');
    await browser.use(env.sessions, () => {});
    await browser.use(env.sessions, () => {});
    expect(old.token).not.toBe(browser.token);
    expect(await repeat(env, old)).toEqual([]);
    expect(await repeat(env, browser)).toEqual([expect.stringContaining(browser.token)]);
  });
});
