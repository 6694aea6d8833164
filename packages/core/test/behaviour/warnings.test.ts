import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cookie } from '../../src/http/transports/cookie.ts';
import type { Transport } from '../../src/http/transports/transport.ts';
import { EventSink } from '../../src/request/event-sink.ts';
import { Warnings } from '../../src/request/warnings.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { pageOf, WARNING_CODES } from '../../src/session/warnings.ts';
import { Browser, FIREFOX } from '../support/browser.ts';
import { HOST, type RequestParts } from '../support/request.ts';
import { type SetUp, type SetUpOptions, setUp, thrown } from '../support/set-up.ts';

const PAGE = readFileSync(new URL('../../../../docs/troubleshooting.md', import.meta.url), 'utf8');

const quiet = (options: SetUpOptions = {}) => setUp({ warnOnConsole: false, ...options });
const warnings = ({ events }: SetUp) =>
  events.flatMap((event) => (event.type === 'warning' ? [[event.code, event.message] as const] : []));

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('each warning code', () => {
  it.for(WARNING_CODES)('%s has its entry on the page that the event links', (code) => {
    expect(PAGE).toContain(`\n## ${code}\n`);
    expect(pageOf(code)).toMatch(new RegExp(`docs/troubleshooting\\.md#${code}$`));
  });

  it('has no entry left over', () => {
    const entries = [...PAGE.matchAll(/^## (.*)$/gm)].map(([, name]) => name);
    expect(entries).toEqual(WARNING_CODES);
  });
});

describe('a warning', () => {
  function warner(onConsole: boolean) {
    const heard: SessionEvent[] = [];
    let now = 0;
    const make = (printed: Set<never>) =>
      new Warnings({
        events: new EventSink(
          (event) => heard.push(event),
          () => now,
        ),
        now: () => now,
        onConsole,
        printed,
      });
    const log = vi.spyOn(console, 'warn').mockImplementation(() => {});
    return {
      make,
      heard,
      log,
      wait: () => {
        now += 60_000;
      },
    };
  }

  it('is one line on the console for each code and process, with the page', () => {
    const { make, log, wait } = warner(true);
    const printed = new Set<never>();
    for (const each of [make(printed), make(printed)]) {
      each.warn('unknown-property', 'message.');
      wait();
      each.warn('unknown-property', 'message.');
    }
    make(printed).warn('proxy-not-trusted', 'other.');
    expect(log.mock.calls).toEqual([
      [`coatcheck: message. See ${pageOf('unknown-property')}`],
      [`coatcheck: other. See ${pageOf('proxy-not-trusted')}`],
    ]);
  });

  it('is an event at most once a minute for each code, and nothing on the console unless asked for', () => {
    const { make, heard, log, wait } = warner(false);
    const each = make(new Set());
    each.warn('unknown-property', 'message.');
    each.warn('unknown-property', 'message.');
    wait();
    each.warn('unknown-property', 'message.');
    const event = {
      type: 'warning',
      code: 'unknown-property',
      message: 'message.',
      page: pageOf('unknown-property'),
    };
    expect(heard).toEqual([
      { ...event, at: 0 },
      { ...event, at: 60_000 },
    ]);
    expect(log).not.toHaveBeenCalled();
  });

  it('prints nothing in production by default', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const log = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const env = setUp({
      transports: [cookie({ insecure: 'I accept that anyone on this network can take over sessions' })],
    });
    expect(warnings(env)).toHaveLength(1);
    expect(log).not.toHaveBeenCalled();
  });

  it('option that is no boolean is ERR_CONFIG', () => {
    expect(thrown(() => setUp(JSON.parse('{"warnOnConsole":1}')), 'ERR_CONFIG').message).toContain(
      'warnOnConsole',
    );
  });
});

describe('cookie-not-returned', () => {
  const http = { referer: `http://${HOST}/` };

  /** A client that is granted a session and drops the cookie. */
  async function drop(env: SetUp, parts: RequestParts, browser = new Browser()): Promise<void> {
    const first = await browser.load(env.sessions, { method: 'POST', ...parts });
    await first.session.update({ cart: ['coat'] });
    first.visit.seal();
    env.clock.advance('1s');
    await browser.load(env.sessions, parts);
  }

  it.for<[string, RequestParts, SetUpOptions, string]>([
    ['plain HTTP on a LAN address', { headers: http }, {}, `browsers drop Secure cookies on http://${HOST}`],
    [
      'http://localhost in Safari',
      { host: 'localhost:3000', headers: { referer: 'http://localhost:3000/' } },
      {},
      'cookie({ development: true })',
    ],
    [
      'a domain that does not contain the host',
      { headers: { 'sec-fetch-site': 'same-origin' } },
      { transports: [cookie({ domain: 'other.example' })] },
      `the cookie is for other.example, and the visitor uses ${HOST}`,
    ],
    [
      'a path that does not contain the page',
      { headers: { 'sec-fetch-site': 'same-origin' } },
      { transports: [cookie({ path: '/shop' })] },
      'paths below /shop',
    ],
    [
      'a frame in another site',
      { headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' } },
      {},
      "sameSite: 'none', partitioned: true",
    ],
    [
      'a jar over http',
      { headers: { 'user-agent': 'node-superagent/9' } },
      {},
      'the client is not a browser',
    ],
    ['an unknown reason', { headers: { 'sec-fetch-site': 'same-origin' } }, {}, 'may block cookies'],
  ])('names %s', async ([, parts, options, reason]) => {
    const env = quiet(options);
    await drop(env, parts);
    expect(warnings(env)).toEqual([['cookie-not-returned', expect.stringContaining(reason)]]);
  });

  it.for<[string, RequestParts, string, string]>([
    ['plain HTTP', { headers: http }, '; Path=/; Secure', `browsers drop Secure cookies on http://${HOST}`],
    ['a path', { headers: { 'sec-fetch-site': 'same-origin' } }, '; Path=/shop', "the cookie's Path"],
  ])('names %s for a cookie that the app makes itself', async ([, parts, attributes, reason]) => {
    const own: Transport = {
      sentAutomatically: true,
      inPageOrUrl: false,
      vary: 'Cookie',
      cookieAttributes: () => attributes,
      read: () => [],
      issue: (token) => [['x-token', token, 'set']],
      clear: () => [],
    };
    const env = quiet({ transports: [own] });
    await drop(env, parts);
    expect(warnings(env)).toEqual([['cookie-not-returned', expect.stringContaining(reason)]]);
    expect(warnings(env)[0]?.[1]).not.toContain('cookie({');
  });

  it('costs no token if describing the cookie throws', async () => {
    const env = quiet({
      transports: [
        {
          sentAutomatically: true,
          inPageOrUrl: false,
          vary: 'Cookie',
          cookieAttributes: () => {
            throw new Error('app');
          },
          read: () => [],
          issue: (token) => [['x-token', token, 'set']],
          clear: () => [],
        },
      ],
    });
    const first = await new Browser().load(env.sessions, { method: 'POST' });
    await first.session.update({ cart: ['coat'] });
    expect(first.visit.seal().map(([name]) => name)).toContain('x-token');
  });

  it('is not sent for a browser that returns the cookie', async () => {
    const env = quiet();
    const browser = new Browser();
    for (let i = 0; i < 3; i += 1) {
      await browser.use(env.sessions, (session) => session.update({ cart: [] }), { headers: http });
    }
    // Somebody else with the same browser behind the same address.
    await new Browser().load(env.sessions, { headers: http });
    expect(warnings(env)).toEqual([]);
  });

  it.for<[string, RequestParts]>([
    ['comes from another site', { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['is typed in', { headers: { 'sec-fetch-site': 'none' } }],
    ['shows no page', { headers: { 'user-agent': FIREFOX } }],
    ['has another address', { ip: '198.51.100.9', headers: http }],
  ])('is not sent where the request without the cookie %s', async ([, parts]) => {
    const env = quiet();
    const browser = new Browser();
    const first = await browser.load(env.sessions, { headers: http });
    await first.session.update({ cart: [] });
    first.visit.seal();
    env.clock.advance('1s');
    await browser.load(env.sessions, parts);
    expect(warnings(env)).toEqual([]);
  });

  it('is not sent for a request that left the browser before the cookie arrived', async () => {
    const env = quiet();
    const browser = new Browser();
    const first = await browser.load(env.sessions, { headers: http });
    await first.session.update({ cart: [] });
    first.visit.seal();
    env.clock.advance('999ms');
    await browser.load(env.sessions, { headers: http });
    expect(warnings(env)).toEqual([]);
  });

  it('is not sent a minute later, and contains no token', async () => {
    const env = quiet();
    const browser = new Browser();
    const first = await browser.load(env.sessions, { headers: http });
    await first.session.update({ cart: [] });
    const line = first.visit.seal().find(([name]) => name === 'set-cookie')?.[1] ?? '';
    env.clock.advance('61s');
    await browser.load(env.sessions, { headers: http });
    expect(warnings(env)).toEqual([]);
    await drop(env, { headers: http });
    expect(JSON.stringify(env.events)).not.toContain(line.split(';')[0]?.split('=')[1]);
    expect(warnings(env)).toHaveLength(1);
  });
});

describe('cookie({ insecure })', () => {
  const insecure = 'I accept that anyone on this network can take over sessions';

  it('drops Secure and the prefix in production too, and is warned about at construction', () => {
    vi.stubEnv('NODE_ENV', 'production');
    const env = quiet({ transports: [cookie({ insecure })] });
    expect(warnings(env)).toEqual([['insecure-cookie', expect.stringContaining('without TLS')]]);
    const [line] = cookie({ insecure }).issue('token', undefined);
    expect(line?.[1]).toBe('session=token; Path=/; HttpOnly; SameSite=Lax');
  });

  it('takes no other value, and no attribute that needs Secure', () => {
    expect(thrown(() => cookie(JSON.parse('{"insecure":true}')), 'ERR_CONFIG').message).toContain(insecure);
    thrown(() => cookie({ insecure, sameSite: 'none' }), 'ERR_CONFIG');
  });
});

describe('client addresses', () => {
  const grant = (env: SetUp, parts: RequestParts) =>
    new Browser().use(env.sessions, (session) => session.update({ cart: [] }), parts);
  const forwarded = { headers: { 'x-forwarded-for': '203.0.113.7' } };

  it('address-unreadable is sent for a string that is no address', async () => {
    const env = quiet();
    await grant(env, { ip: '203.0.113.7:443' });
    expect(warnings(env)).toEqual([]);
    await grant(env, { ip: 'unknown' });
    expect(warnings(env)).toEqual([['address-unreadable', expect.any(String)]]);
  });

  it('proxy-not-trusted is sent after ten new sessions of one private address with a forwarded header', async () => {
    const env = quiet();
    for (let i = 0; i < 9; i += 1) await grant(env, { ip: '10.0.0.1', ...forwarded });
    expect(warnings(env)).toEqual([]);
    await grant(env, { ip: '10.0.0.1', ...forwarded });
    expect(warnings(env)).toEqual([['proxy-not-trusted', expect.stringContaining('10.0.0.1')]]);
  });

  it.for<[string, (i: number) => RequestParts]>([
    ['public addresses', () => ({ ip: '203.0.113.7', ...forwarded })],
    ['several addresses', (i) => ({ ip: `10.0.0.${i}`, ...forwarded })],
    ['no forwarded header', () => ({ ip: '10.0.0.1' })],
  ])('proxy-not-trusted is not sent for %s', async ([, parts]) => {
    const env = quiet();
    for (let i = 0; i < 20; i += 1) await grant(env, parts(i));
    expect(warnings(env)).toEqual([]);
  });
});

describe('reading an unknown property', () => {
  const read = (session: object, name: string): unknown => Reflect.get(session, name);

  it.for(['user', 'needs2fa', 'save', 'regenerate'])('%s throws outside production', async (name) => {
    const { session } = await new Browser().load(quiet().sessions);
    expect(() => read(session, name)).toThrow(TypeError);
    expect(() => read(session, name)).toThrow(`session.${name} does not exist`);
  });

  it('returns undefined in production, and warns', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const env = quiet();
    const { session } = await new Browser().load(env.sessions);
    expect(read(session, 'user')).toBeUndefined();
    expect(warnings(env)).toEqual([['unknown-property', expect.stringContaining('session.data.user')]]);
  });

  it('is allowed for symbols, then, toJSON, inspection and what frameworks probe', async () => {
    const env = quiet();
    const { session } = await new Browser().load(env.sessions);
    for (const name of [
      'then',
      'inspect',
      '$$typeof',
      '_isMockFunction',
      '@@iterator',
      'href',
      'nodeType',
      'length',
    ]) {
      expect(read(session, name)).toBeUndefined();
    }
    expect(Reflect.get(session, Symbol.iterator)).toBeUndefined();
    expect(await session).toBe(session);
    expect(JSON.stringify(session)).toBe('{}');
    expect('user' in session).toBe(false);
    expect(session.toString()).toBe('[object Object]');
    expect(session).toEqual(session);
    expect(structuredClone({ id: session.id })).toEqual({});
    expect(warnings(env)).toEqual([]);
  });
});

describe('a forgotten await on the first write', () => {
  const lines = (stack: string | undefined) =>
    (stack ?? '').split('\n').filter((line) => line.includes('warnings.test.ts'));

  async function forgetAwait(env: SetUp): Promise<unknown> {
    const { visit, session } = await new Browser().load(env.sessions);
    const forgotten = session.update({ cart: ['coat'] });
    visit.seal();
    return forgotten.catch((error: unknown) => error);
  }

  it('rejects with an error that carries the line of the call, and warns with it', async () => {
    const env = quiet();
    const error = await forgetAwait(env);
    expect(error).toMatchObject({ code: 'ERR_RESPONSE_SEALED' });
    const { stack } = error as Error;
    expect(stack).toContain('session.update() was called');
    expect(lines(stack)[0]).toContain('forgetAwait');
    const [warning, ...others] = warnings(env);
    expect(others).toEqual([]);
    expect(warning?.[0]).toBe('not-awaited');
    expect(warning?.[1]).toMatch(
      /session\.update\(\), called at forgetAwait \(.*warnings\.test\.ts:\d+:\d+\)/,
    );
    expect(warning?.[1]).toContain('Write await session.update() before you send anything');
  });

  it('warns in production too, without the cost of finding the line', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const env = quiet();
    const error = await forgetAwait(env);
    expect((error as Error).stack).not.toContain('was called');
    expect(warnings(env)).toEqual([['not-awaited', expect.stringContaining('session.update() could send')]]);
  });
});

describe('a callback, as other session libraries take one', () => {
  it.for(['destroy', 'renew'] as const)('%s(callback) throws naming await', async (method) => {
    const { session } = await new Browser().load(quiet().sessions);
    const call = () => Reflect.apply(session[method], session, [() => {}]);
    expect(call).toThrow(`Write await session.${method}() instead`);
  });
});
