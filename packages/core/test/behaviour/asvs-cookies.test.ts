// OWASP ASVS 5.0.0, section 3.3: the cookie as a response carries it. docs/asvs.md says what is left to the app.

import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import type { ResponseHeader } from '../../src/http/request-view.ts';
import { type CookieOptions, cookie } from '../../src/http/transports/cookie.ts';
import type { Session } from '../../src/session/session-types.ts';
import { Browser, setCookies } from '../support/browser.ts';
import { FROM_ELSEWHERE } from '../support/request.ts';
import { failure, type ShopData, setUp, thrown } from '../support/set-up.ts';

/** Options for every kind of name, and for everywhere that the cookie may go. */
const VARIANTS: readonly CookieOptions[] = [
  {},
  { name: 'basket', sameSite: 'strict', priority: 'high', maxAge: '30d' },
  { sameSite: 'none', partitioned: true },
  { domain: 'shop.example' },
  { path: '/shop' },
];

/** The responses to all that sets or clears the cookie: a grant, sign-ins, a renewal on demand and one by the timer, a sign-out. */
async function responsesOf(
  options: CookieOptions,
  secrets: readonly string[] = [],
): Promise<ResponseHeader[][]> {
  const { sessions, clock } = setUp({ transports: [cookie(options)], secrets });
  const browser = new Browser();
  const steps: readonly ((session: Session<ShopData>) => Promise<void>)[] = [
    (session) => session.update({ note: 'here' }),
    (session) => session.signIn('ann'),
    (session) => session.renew(),
    (session) => session.signIn('ann', { remember: true }),
    async () => {},
    (session) => session.destroy(),
  ];
  const responses: ResponseHeader[][] = [];
  for (const step of steps) {
    const { session, respond } = await browser.load(sessions);
    await step(session);
    responses.push([...respond()]);
    clock.advance('15m');
  }
  return responses;
}

/** Takes a `Set-Cookie` line apart. */
function parts(line: string) {
  const [pair = '', ...attributes] = line.split('; ');
  const equals = pair.indexOf('=');
  return { name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes };
}

it('the responses below set the cookie five times and clear it once', async () => {
  const values = (await responsesOf({})).map((response) =>
    setCookies(response).map((line) => parts(line).value.length),
  );
  expect(values).toEqual([[65], [65], [65], [65], [65], [0]]);
});

it.each(VARIANTS)('ASVS 3.3.1: the cookie is always Secure, and its name says so (%j)', async (options) => {
  for (const line of (await responsesOf(options)).flatMap(setCookies)) {
    expect(parts(line).attributes).toContain('Secure');
    expect(parts(line).name).toMatch(/^__(?:Host|Secure)-/);
  }
});

it('ASVS 3.3.1: a cookie without Secure is for development and throws in production', () => {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    expect(thrown(() => cookie({ development: true }), 'ERR_CONFIG').message).toContain(
      'NODE_ENV is production',
    );
  } finally {
    process.env['NODE_ENV'] = before;
  }
});

it('ASVS 3.3.2: the cookie is SameSite=Lax in every response unless the app says otherwise', async () => {
  const expected = { lax: {}, strict: { sameSite: 'strict' }, none: { sameSite: 'none' } } as const;
  for (const [name, options] of Object.entries(expected)) {
    for (const line of (await responsesOf(options)).flatMap(setCookies)) {
      expect(parts(line).attributes.map((each) => each.toLowerCase())).toContain(`samesite=${name}`);
    }
  }
});

it('ASVS 3.3.2: a write from another site is rejected even with a SameSite=None cookie', async () => {
  const { sessions } = setUp({ transports: [cookie({ sameSite: 'none' })] });
  const browser = new Browser();
  await browser.use(sessions, (session) => session.signIn('ann'));
  const forged = await browser.load(sessions, { method: 'POST', headers: FROM_ELSEWHERE });
  expect(forged.session.userId).toBeUndefined();
  await failure(forged.session.update({ note: 'forged' }), 'ERR_CROSS_SITE');
  expect(setCookies(forged.respond())).toEqual([]);
});

it.each(VARIANTS)(
  'ASVS 3.3.3: the cookie is a __Host- cookie unless a domain or a path is set (%j)',
  async (options) => {
    const isShared = options.domain !== undefined || options.path !== undefined;
    for (const line of (await responsesOf(options)).flatMap(setCookies)) {
      const { name, attributes } = parts(line);
      expect(name.startsWith('__Host-')).toBe(!isShared);
      // What browsers ask of a cookie of that name (RFC 6265bis, section 4.1.3.2).
      if (!isShared) {
        expect(attributes).toContain('Path=/');
        expect(attributes.some((each) => each.startsWith('Domain'))).toBe(false);
      }
    }
  },
);

it.each(VARIANTS)(
  'ASVS 3.3.4: the cookie is HttpOnly, and no other header holds its token (%j)',
  async (options) => {
    for (const response of await responsesOf(options)) {
      for (const line of setCookies(response)) expect(parts(line).attributes).toContain('HttpOnly');
      const tokens = setCookies(response).map((line) => parts(line).value);
      const others = response.filter(([name]) => name !== 'set-cookie').map(([, value]) => value);
      for (const token of tokens.filter((each) => each !== '')) {
        expect(others.some((value) => value.includes(token.slice(22)))).toBe(false);
      }
    }
  },
);

it('ASVS 3.3.4: nothing that an app can print or send contains the token of a cookie', async () => {
  const { sessions, events } = setUp();
  const browser = new Browser();
  const shown: string[] = [];
  for (const act of [
    (session: Session<ShopData>) => session.signIn('ann'),
    (session: Session<ShopData>) => session.renew(),
  ]) {
    const { visit, session, respond } = await browser.load(sessions);
    await act(session);
    expect(session.revealToken()).toBeUndefined();
    shown.push(JSON.stringify(session), inspect(session, { depth: 9, showHidden: true }), `${session}`);
    shown.push(JSON.stringify(visit), inspect(visit, { depth: 9, showHidden: true }));
    respond();
    shown.push(JSON.stringify(events), JSON.stringify(await sessions.list('ann')));
    for (const text of shown) expect(text).not.toContain(browser.token.slice(22));
  }
});

it('ASVS 3.3.5: name and value together stay far below 4096 bytes for any session', async () => {
  const { sessions } = setUp({
    transports: [cookie({ name: 'a-rather-long-name-for-a-session-cookie' })],
    secrets: ['a key of at least thirty-two characters'],
  });
  const browser = new Browser();
  await browser.use(sessions, (session) => session.update({ note: 'x'.repeat(60_000) }));
  const { name, value } = parts(browser.cookie ?? '');
  expect(value).toHaveLength(88);
  expect(name.length + value.length).toBeLessThan(150);
});
