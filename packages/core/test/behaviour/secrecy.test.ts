import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ipAddress } from '../../src/http/client-checks/index.ts';
import { bearer } from '../../src/http/transports/plain.ts';
import { Browser } from '../support/browser.ts';
import { FROM_ELSEWHERE, request } from '../support/request.ts';
import { setUp } from '../support/set-up.ts';

const KEY = 'the-key-that-signs-tokens-from-now-on';
const MARK = 'PRIVATE-DATA-OF-THE-VISITOR';

/** Everything that a log, a response or a debugger could print of a value. */
function shown(value: unknown): string {
  const texts = [
    inspect(value, { depth: null, showHidden: true, getters: true }),
    inspect(value, { depth: null, customInspect: false, showHidden: true }),
    JSON.stringify(value) ?? '',
    `${String(value)}`,
  ];
  if (value instanceof Error) texts.push(value.stack ?? '', value.message, shown(value.cause ?? null));
  return texts.join('\n');
}

/** Runs everything that can happen to a session; collects what became visible and what must not. */
async function scenario() {
  const visible: unknown[] = [];
  const secret = new Set<string>([MARK, KEY]);
  const env = setUp({ secrets: [KEY], clientChecks: [ipAddress()] });
  const browser = new Browser();
  const keep = () => {
    secret.add(browser.token);
    secret.add(browser.token.slice(22, 65));
  };
  const look = async (value: Promise<unknown>) => {
    visible.push(await value.catch((error: unknown) => error));
  };
  const first = await browser.load(env.sessions);
  visible.push(first.visit, first.session, env.sessions);
  await first.session.update({ cart: [MARK] });
  visible.push(first.visit, first.session);
  first.respond();
  keep();
  await look(browser.use(env.sessions, (session) => session.signIn('alice')));
  keep();
  env.clock.advance('15m');
  const renewed = await browser.load(env.sessions);
  visible.push(renewed.visit, renewed.session);
  renewed.respond();
  keep();
  const confirmed = await browser.load(env.sessions);
  visible.push(confirmed.visit, confirmed.session);
  await look(browser.copy({ ip: '198.51.100.9' }).use(env.sessions, () => {}));
  const wrong = { note: new Map([[MARK, MARK]]) } as unknown as { note: string };
  await look(confirmed.session.update(wrong));
  await look(confirmed.session.update({ note: MARK.repeat(5000) }));
  await look(confirmed.session.signIn(''));
  const posted = await browser.load(env.sessions, { method: 'POST', headers: FROM_ELSEWHERE });
  await look(posted.session.update({ note: MARK }));
  visible.push(posted.session, posted.visit);
  env.store.before = () => 'reject';
  await look(browser.load(env.sessions));
  env.store.before = ({ operation }) => (operation === 'write' ? 'reject' : undefined);
  await look(confirmed.session.update({ note: MARK }));
  env.store.before = () => undefined;
  confirmed.visit.seal();
  await look(confirmed.session.renew());
  await browser.use(env.sessions, (session) => session.finish({ order: 7 }, { keepUser: true }));
  keep();
  const after = await browser.load(env.sessions);
  visible.push(after.session);
  await after.session.destroy();
  await look(after.session.renew());
  visible.push(env.events, await env.sessions.list('alice'));
  return { env, visible, secret };
}

describe('no token, no secret and no data', () => {
  it('is in JSON.stringify or util.inspect of a session, a visit, sessions, errors or events', async () => {
    const { visible, secret, env } = await scenario();
    expect(env.events.length).toBeGreaterThan(10);
    const text = visible.map(shown).join('\n');
    for (const each of secret) expect(text).not.toContain(each);
  });

  it('a session shows only who is signed in and why it ended', async () => {
    const env = setUp();
    const browser = new Browser();
    expect(JSON.stringify(browser.open(env.sessions).session)).toBe('{"loaded":false}');
    const { session } = await browser.load(env.sessions);
    await session.update({ cart: [MARK] });
    await session.signIn('alice');
    const expected = { id: session.id, userId: 'alice', ended: undefined };
    expect(JSON.parse(JSON.stringify(session))).toEqual({ id: session.id, userId: 'alice' });
    expect(inspect(session)).toBe(inspect(expected));
    await session.finish('receipt');
    expect(JSON.parse(JSON.stringify(session))).toEqual({ ended: 'finished' });
  });
});

describe('the store holds no token and no secret', () => {
  it('only the SHA-256 of a secret, in no other encoding', async () => {
    const { env, secret } = await scenario();
    const secrets = [...secret].filter((each) => /^[\w-]{43}$/.test(each));
    expect(secrets.length).toBeGreaterThanOrEqual(4);
    for (const each of secrets) {
      const bytes = Buffer.from(each, 'base64url');
      for (const form of [each, bytes.toString('hex'), bytes.toString('base64').replaceAll('=', '')]) {
        expect(env.store.everything).not.toContain(form);
      }
      expect(env.store.everything).toContain(createHash('sha256').update(each).digest('base64url'));
    }
    expect(env.store.everything).not.toContain(KEY);
  });

  it('and no user ID in a key', async () => {
    const { env } = await scenario();
    expect(env.store.calls.map(({ key }) => key).join('\n')).not.toContain('alice');
  });
});

it('only revealToken returns a token', async () => {
  const env = setUp({ transports: [bearer()] });
  const visit = env.sessions.open(request());
  await visit.session.update({ cart: [] });
  const token = visit.session.revealToken() ?? '';
  expect(token).toHaveLength(65);
  expect(shown(visit)).not.toContain(token);
  expect(shown(visit.seal())).not.toContain(token);
});
