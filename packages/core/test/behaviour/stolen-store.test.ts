import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeSession } from '../../src/records/record.ts';
import type { SessionState } from '../../src/session/session-state.ts';
import { parseToken } from '../../src/session/token.ts';
import { createSessions } from '../../src/sessions.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { Browser } from '../support/browser.ts';
import { type WatchedStore, watchedStore } from '../support/watched-store.ts';

const OLD_KEY = 'the-key-that-signed-tokens-before-that';
const KEY = 'the-key-that-signs-tokens-from-now-on';

interface Shop {
  cart: string[];
}

/** Servers over one store, each with its own list of keys. */
function shop() {
  const store = watchedStore();
  const clock = fakeClock();
  const sessions = (secrets: readonly string[]) =>
    createSessions<Shop>({ store, secrets, now: clock.now, initial: () => ({ cart: [] }) });
  return { store, clock, sessions };
}

async function stateOf(store: WatchedStore, id: string): Promise<SessionState> {
  const record = await store.inner.read(id);
  const state = record && decodeSession(record);
  if (state === undefined) throw new Error('There is no session.');
  return state;
}

function secretOf(browser: Browser, secrets: readonly string[]): string {
  const token = parseToken(browser.token, secrets);
  if (typeof token === 'string') throw new Error(`The token is ${token}.`);
  return token.secret;
}

/** What a thief computes from a dead secret and every nonce that the store's files hold. */
function derivedBy(secret: string, store: WatchedStore): string[] {
  const nonces = [...store.everything.matchAll(/"n":\["([\w-]+)"|"s":\["[\w-]+","([\w-]+)"\]/g)].map(
    ([, next, successor]) => next ?? successor ?? '',
  );
  let known = [secret];
  const all = new Set(known);
  for (let i = 0; i < 10; i += 1) {
    known = known.flatMap((each) =>
      nonces.map((nonce) => createHmac('sha256', each).update(nonce).digest('base64url')),
    );
    known = [...new Set(known)].filter((each) => !all.has(each)).slice(0, 500);
    for (const each of known) all.add(each);
  }
  return [...all];
}

describe('a dead token and everything that the store has ever been given', () => {
  it.for([
    ['do not give the current token if there are secrets', [KEY], false],
    ['give the current token without secrets, as SECURITY.md says', [], true],
  ] as const)('%s', async ([, secrets, gives]) => {
    const { store, clock, sessions: server } = shop();
    const sessions = server(secrets);
    const browser = new Browser();
    await browser.use(sessions, (session) => session.update({ cart: ['coat'] }));
    const dead = secretOf(browser, secrets);
    for (let i = 0; i < 3; i += 1) {
      clock.advance('15m');
      await browser.use(sessions, () => undefined);
      await browser.use(sessions, () => undefined);
    }
    const current = secretOf(browser, secrets);
    expect(current).not.toBe(dead);
    expect(derivedBy(dead, store).includes(current)).toBe(gives);
  });
});

describe('a rotation of secrets', () => {
  it('signs no user out during a renewal', async () => {
    const { clock, sessions } = shop();
    const browser = new Browser();
    await browser.use(sessions([OLD_KEY]), (session) => session.update({ cart: ['coat'] }));
    clock.advance('15m');
    // The renewal begins under the old key, and its response is lost.
    const lost = browser.copy();
    await lost.use(sessions([OLD_KEY]), () => undefined);
    const rotated = sessions([KEY, OLD_KEY]);
    for (let i = 0; i < 3; i += 1) {
      expect(await browser.use(rotated, ({ data }) => data.cart)).toEqual(['coat']);
    }
    expect(secretOf(browser, [KEY])).toBe(secretOf(lost, [OLD_KEY]));
  });

  it('restarts a renewal if its key was removed', async () => {
    const { store, clock, sessions } = shop();
    const browser = new Browser();
    const id = await browser.use(sessions([OLD_KEY]), async (session) => {
      await session.update({ cart: ['coat'] });
      return session.id ?? '';
    });
    clock.advance('15m');
    // A deployment with a new first key begins a renewal, and is then rolled back.
    const lost = browser.copy();
    await lost.use(sessions([KEY, OLD_KEY]), () => undefined);
    const { next } = await stateOf(store, id);
    expect(await browser.use(sessions([OLD_KEY]), ({ data }) => data.cart)).toEqual(['coat']);
    expect((await stateOf(store, id)).next?.nonce).not.toBe(next?.nonce);
    const before = browser.token;
    expect(await browser.use(sessions([OLD_KEY]), ({ data }) => data.cart)).toEqual(['coat']);
    expect((await stateOf(store, id)).next).toBeUndefined();
    expect(browser.token).toBe(before);
  });

  it('gives a successor that was derived with the old key', async () => {
    const { sessions } = shop();
    const browser = new Browser();
    await browser.use(sessions([OLD_KEY]), async (session) => {
      await session.update({ cart: ['coat'] });
      await session.signIn('alice');
    });
    const repeated = browser.copy();
    await browser.use(sessions([OLD_KEY]), (session) => session.finish('receipt', { keepUser: true }));
    const [userId, ended] = await repeated.use(sessions([KEY, OLD_KEY]), (session) => [
      session.userId,
      session.ended,
    ]);
    expect(userId).toBe('alice');
    expect(ended).toEqual({ reason: 'finished', receipt: 'receipt' });
  });
});
