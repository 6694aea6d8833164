import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../../test/support/browser.ts';
import { failure, type ShopData, setUp } from '../../test/support/set-up.ts';
import type { Session } from '../session/session-types.ts';

const CALLS: readonly (readonly [string, (session: Session<ShopData>) => Promise<unknown>])[] = [
  ['update', (session) => session.update({ note: 'x' })],
  ['signIn', (session) => session.signIn('alice')],
  ['renew', (session) => session.renew()],
  ['finish', (session) => session.finish('receipt')],
  ['destroy', (session) => session.destroy()],
];

describe('a call that fails and was not awaited', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);

  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });

  afterEach(() => {
    process.off('unhandledRejection', note);
  });

  it.for(CALLS)('%s does not end the process and emits an event', async ([name, call]) => {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.update({ cart: ['coat'] }));
    const { session } = await browser.load(env.sessions);
    env.store.before = () => 'reject';
    void call(session);
    await turns();
    const failed = env.events.filter(({ type }) => type === 'call-failed');
    expect(failed).toMatchObject([{ call: name, code: 'ERR_STORE_UNAVAILABLE', sessionId: session.id }]);
    expect(unhandled).toEqual([]);
  });

  it('load does not end the process either', async () => {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.update({ cart: ['coat'] }));
    env.store.before = () => 'reject';
    void browser.open(env.sessions).session.load();
    await turns();
    expect(env.events.at(-1)).toMatchObject({ type: 'call-failed', call: 'load' });
    expect(unhandled).toEqual([]);
  });

  it.for(CALLS)('%s still rejects if it is awaited', async ([, call]) => {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.update({ cart: ['coat'] }));
    const { session } = await browser.load(env.sessions);
    env.store.before = () => 'reject';
    await failure(call(session), 'ERR_STORE_UNAVAILABLE');
  });
});

describe('view', () => {
  it('returns a plain frozen object, whose properties a template can list', async () => {
    const env = setUp();
    const browser = new Browser();
    await browser.use(env.sessions, (session) => session.signIn('alice', { data: { note: 'x' } }));
    const { session } = await browser.load(env.sessions);
    const view = session.view();
    expect(Object.getPrototypeOf(view)).toBe(Object.prototype);
    expect(Object.isFrozen(view)).toBe(true);
    expect(view).toEqual({
      id: session.id,
      data: { cart: [], note: 'x' },
      userId: 'alice',
      createdAt: session.createdAt,
      signedInAt: session.signedInAt,
      expiresAt: session.expiresAt,
      ended: undefined,
      clientChanges: [],
    });
    expect(JSON.stringify(view)).not.toContain(browser.token);
  });

  it('does not follow later changes', async () => {
    const env = setUp();
    const { session } = await new Browser().load(env.sessions);
    const before = session.view();
    await session.update({ note: 'x' });
    expect(before).toMatchObject({ id: undefined, data: { cart: [] } });
    expect(session.view()).toMatchObject({ id: session.id, data: { note: 'x' } });
  });

  it('throws before the session is loaded', () => {
    const { session } = new Browser().open(setUp().sessions);
    expect(() => session.view()).toThrow('not loaded');
  });
});

/** Lets everything run that is due, rejections that nobody handles included. */
async function turns(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
