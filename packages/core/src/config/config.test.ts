import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { thrown } from '../../test/support/set-up.ts';
import { cookie } from '../http/transports/cookie.ts';
import { bearer } from '../http/transports/plain.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { checkOptions, timeoutsOf } from './config.ts';
import type { SessionsOptions } from './options.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const store = memoryStore();
const check = { name: 'mine', observe: () => 'seen' };
const KEY = 'q'.repeat(32);

/** Hands over what the types would refuse: JavaScript has none. */
function given(options: Record<string, unknown>): SessionsOptions<object> {
  return { store, ...options } as SessionsOptions<object>;
}

describe('a wrong option throws ERR_CONFIG with its name, what is expected and what was received', () => {
  it.for<[option: string, options: Record<string, unknown>, given: string, right: string]>([
    ['store', { store: undefined }, 'undefined', 'a store with read and compareAndSet'],
    ['store', { store: null }, 'null', 'a store with read'],
    ['store', { store: 'redis://localhost' }, "'redis://localhost'", 'a store with read'],
    ['store', { store: { read: () => undefined } }, 'an object', 'a store with read'],
    ['store', { store: { compareAndSet: () => true } }, 'an object', 'a store with read'],
    ['initial', { initial: { cart: [] } }, 'an object', 'a function'],
    ['schema', { schema: {} }, 'an object', 'a Standard Schema'],
    ['schema', { schema: 'zod' }, "'zod'", 'a Standard Schema'],
    ['schema', { schema: null }, 'null', 'a Standard Schema'],
    ['schema', { schema: { '~standard': {} } }, 'an object', 'a Standard Schema'],
    ['idleTimeout', { idleTimeout: '30 parsecs' }, "'30 parsecs'", 'a duration above zero'],
    ['idleTimeout', { idleTimeout: 0 }, '0', 'a duration above zero'],
    ['idleTimeout', { idleTimeout: true }, 'true', 'a duration above zero'],
    ['idleTimeout', { idleTimeout: null }, 'null', 'a duration above zero'],
    ['anonymousIdleTimeout', { anonymousIdleTimeout: false }, 'false', 'a duration above zero'],
    ['anonymousIdleTimeout', { anonymousIdleTimeout: '31m' }, "'31m'", 'at most as long as idleTimeout'],
    ['absoluteTimeout', { absoluteTimeout: -1 }, '-1', 'a duration above zero'],
    ['absoluteTimeout', { absoluteTimeout: null }, 'null', 'a duration above zero'],
    [
      'absoluteTimeout',
      { absoluteTimeout: '20m', idleTimeout: '21m' },
      "'20m'",
      'at least as long as idleTimeout',
    ],
    ['absoluteTimeout', { idleTimeout: '13h' }, "'12h'", 'at least as long as idleTimeout'],
    [
      'absoluteTimeout',
      { idleTimeout: '401d', absoluteTimeout: false },
      'false',
      'at least as long as idleTimeout',
    ],
    ['remember', { remember: true }, 'true', 'an object of idleTimeout, absoluteTimeout'],
    ['remember', { remember: null }, 'null', 'an object of idleTimeout, absoluteTimeout'],
    ['remember', { remember: { idle: '1d' } }, "'idle'", 'an object of idleTimeout, absoluteTimeout'],
    ['remember.idleTimeout', { remember: { idleTimeout: 'x' } }, "'x'", 'a duration above zero'],
    ['remember.absoluteTimeout', { remember: { absoluteTimeout: 'x' } }, "'x'", 'a duration above zero'],
    [
      'remember.absoluteTimeout',
      { remember: { idleTimeout: '2d', absoluteTimeout: '1d' } },
      "'1d'",
      'at least as long as remember.idleTimeout',
    ],
    ['renewAfter', { renewAfter: 'often' }, "'often'", 'a duration above zero'],
    ['renewAfter', { renewAfter: '59s' }, "'59s'", 'at least as long as renewalGrace (1m)'],
    ['renewAfter', { renewalGrace: '16m' }, "'15m'", 'at least as long as renewalGrace (16m)'],
    ['renewalGrace', { renewalGrace: false }, 'false', 'a duration above zero'],
    ['renewalGrace', { renewalGrace: 0 }, '0', 'a duration above zero'],
    ['grant', { grant: 'always' }, "'always'", "'first-write' or 'first-visit'"],
    ['grant', { grant: null }, 'null', "'first-write' or 'first-visit'"],
    ['transports', { transports: [] }, 'an array', 'a list of cookie()'],
    ['transports', { transports: cookie() }, 'an object', 'a list of cookie()'],
    ['transports', { transports: [cookie] }, 'a function', 'a list of cookie()'],
    ['transports', { transports: [cookie(), null] }, 'null', 'a list of cookie()'],
    ['transports', { transports: null }, 'null', 'a list of cookie()'],
    [
      'deviceBinding',
      { deviceBinding: false },
      'false',
      "deviceBinding() of '@coatcheck/core/device-binding', or left out",
    ],
    ['secrets', { secrets: 'x'.repeat(40) }, "'string'", 'a list of strings, the current key first'],
    ['secrets', { secrets: null }, 'null', 'a list of strings'],
    ['secrets', { secrets: [7] }, "'number'", 'strings of at least 32 random characters'],
    ['secrets', { secrets: ['q'.repeat(31)] }, "'31 characters'", 'strings of at least 32 random characters'],
    ['secrets', { secrets: [KEY, ''] }, "'0 characters'", 'strings of at least 32 random characters'],
    ['clientChecks', { clientChecks: check }, 'an object', 'a list of ipAddress()'],
    ['clientChecks', { clientChecks: null }, 'null', 'a list of ipAddress()'],
    ['clientChecks', { clientChecks: [{ observe: check.observe }] }, 'an object', 'a list of ipAddress()'],
    ['clientChecks', { clientChecks: [{ ...check, name: '' }] }, 'an object', 'a list of ipAddress()'],
    ['clientChecks', { clientChecks: [{ name: 'mine' }] }, 'an object', 'a list of ipAddress()'],
    ['clientChecks', { clientChecks: [null] }, 'null', 'a list of ipAddress()'],
    ['clientChecks', { clientChecks: [check, check] }, "'mine, mine'", 'checks with different names'],
    ['onClientChange', { onClientChange: 'deny' }, "'deny'", "'report', 'refuse' or a function"],
    ['onClientChange', { onClientChange: null }, 'null', "'report', 'refuse' or a function"],
    [
      'trustedOrigins',
      { trustedOrigins: 'https://pay.example' },
      "'https://pay.example'",
      'a list of origins',
    ],
    ['trustedOrigins', { trustedOrigins: null }, 'null', 'a list of origins'],
    ['trustedOrigins', { trustedOrigins: ['pay.example'] }, "'pay.example'", 'an origin such as'],
    [
      'trustedOrigins',
      { trustedOrigins: ['https://pay.example/'] },
      "'https://pay.example/'",
      'an origin such as',
    ],
    [
      'trustedOrigins',
      { trustedOrigins: ['https://PAY.example'] },
      "'https://PAY.example'",
      'an origin such as',
    ],
    ['trustedOrigins', { trustedOrigins: ['null'] }, "'null'", 'an origin such as'],
    ['trustedOrigins', { trustedOrigins: ['file:///a'] }, "'file:///a'", 'an origin such as'],
    [
      'trustedOrigins',
      { trustedOrigins: ['https://*.pay.example'] },
      "'https://*.pay.example'",
      'whole origins without a wildcard',
    ],
    [
      'trustedOrigins',
      { trustedOrigins: ['capacitor://localhost/'] },
      "'capacitor://localhost/'",
      'an origin such as',
    ],
    ['trustedOrigins', { trustedOrigins: [/pay/] }, 'an object', 'an origin such as'],
    ['perUser', { perUser: 5 }, '5', 'an object of max, onExceed'],
    ['perUser', { perUser: null }, 'null', 'an object of max, onExceed'],
    ['perUser', { perUser: { maximum: 3 } }, "'maximum'", 'an object of max, onExceed'],
    ['perUser.max', { perUser: { max: 0 } }, '0', 'a whole number above zero'],
    ['perUser.max', { perUser: { max: 1.5 } }, '1.5', 'a whole number above zero'],
    ['perUser.max', { perUser: { max: Number.POSITIVE_INFINITY } }, 'Infinity', 'a whole number above zero'],
    ['perUser.max', { perUser: { max: '3' } }, "'3'", 'a whole number above zero'],
    ['perUser.onExceed', { perUser: { onExceed: 'end-newest' } }, "'end-newest'", "'end-oldest' or 'refuse'"],
    ['maxDataBytes', { maxDataBytes: '64kb' }, "'64kb'", 'a whole number above zero'],
    ['maxDataBytes', { maxDataBytes: -1 }, '-1', 'a whole number above zero'],
    ['onEvent', { onEvent: 'log' }, "'log'", 'a function'],
    ['now', { now: 0 }, '0', 'a function'],
    ['randomBytes', { randomBytes: new Uint8Array(4) }, 'an object', 'a function'],
    [
      'createSessions(options)',
      { timeout: 5 },
      "'timeout'",
      'an object of store, initial, schema, idleTimeout',
    ],
  ])('%s: %j', ([option, options, shown, right]) => {
    const { message } = thrown(() => checkOptions(given(options)), 'ERR_CONFIG');
    expect(message.startsWith(`${option} must be ${right}`)).toBe(true);
    expect(message).toMatch(/; received .+\.$/);
    expect(message).toContain(`; received ${shown}`);
  });

  it.for([undefined, null, 'redis://', 5])('options that are %s throw ERR_CONFIG', (options) => {
    const nothing = options as unknown as SessionsOptions<object>;
    const { message } = thrown(() => checkOptions(nothing), 'ERR_CONFIG');
    expect(message).toMatch(/^createSessions\(options\) must be an object with at least a store; received /);
  });

  it('shows only the beginning of a long string', () => {
    const { message } = thrown(() => checkOptions(given({ grant: 'x'.repeat(500) })), 'ERR_CONFIG');
    expect(message).toContain(`'${'x'.repeat(40)}…'`);
    expect(message.length).toBeLessThan(150);
  });
});

it.for<[option: string, equivalent: string]>([
  ['secret', 'secrets: [secret]'],
  ['resave', 'nothing: await session.update() to save'],
  ['saveUninitialized', "grant: 'first-visit' for true, nothing for false"],
  ['rolling', 'nothing: each use extends the idle deadline by itself'],
  ['cookie', 'transports: [cookie({ … })], which always sets Secure and HttpOnly'],
  ['maxAge', 'idleTimeout and absoluteTimeout'],
  ['key', 'transports: [cookie({ name })]'],
  ['encryptionKey', 'secrets: [secret]'],
  ['expireAfterSeconds', 'idleTimeout and absoluteTimeout'],
  ['sessionCookieName', 'transports: [cookie({ name })]'],
])('names the equivalent of %s, an option of another session library', ([option, equivalent]) => {
  const { message } = thrown(() => checkOptions(given({ [option]: 'SECRET-VALUE' })), 'ERR_CONFIG');
  expect(message).toBe(
    `createSessions({ ${option} }) is an option of another library. Write instead: ${equivalent}.`,
  );
});

it('never shows a secret in a message, whatever is wrong with it', () => {
  const word = fc.string({ minLength: 6, maxLength: 60 }).filter((text) => /[^a-z ]/.test(text));
  const near = fc.oneof(word, fc.array(word, { minLength: 1 }), fc.array(fc.oneof(word, fc.constant(null))));
  fc.assert(
    fc.property(near, (secrets) => {
      let message = '';
      try {
        checkOptions(given({ secrets }));
      } catch (error) {
        message = String(error);
      }
      for (const each of typeof secrets === 'string' ? [secrets] : secrets) {
        if (each !== null) expect(message).not.toContain(each);
      }
    }),
  );
});

describe('defaults', () => {
  it('are as documented', () => {
    const config = checkOptions<object>({ store });
    expect(config).toMatchObject({
      store,
      schema: undefined,
      timeouts: { idle: 30 * MINUTE, absolute: 12 * HOUR },
      firstUseTimeouts: { idle: 30 * MINUTE, absolute: 12 * HOUR },
      rememberTimeouts: { idle: 14 * DAY, absolute: 90 * DAY },
      renewAfter: 15 * MINUTE,
      renewalGrace: MINUTE,
      grantAtVisit: false,
      signingKeys: [],
      clientChecks: [],
      onClientChange: 'report',
      maxPerUser: 100,
      onExceed: 'end-oldest',
      maxDataBytes: 65_536,
      onEvent: undefined,
      now: expect.any(Function),
    });
    expect(config.transports.map(({ vary }) => vary)).toEqual(['Cookie']);
    expect(config.trustedOrigins).toEqual(new Set());
    expect(config.initial()).toEqual({});
    expect(config.randomBytes(16)).toHaveLength(16);
  });

  it('give way to the options', () => {
    const now = () => 5;
    const randomBytes = (length: number) => new Uint8Array(length);
    const onEvent = () => {};
    const config = checkOptions<{ cart: string[] }>({
      store,
      initial: () => ({ cart: ['one'] }),
      idleTimeout: 1000,
      anonymousIdleTimeout: 500,
      absoluteTimeout: '1h',
      remember: { idleTimeout: '2d', absoluteTimeout: '3d' },
      renewAfter: '2m',
      renewalGrace: '2m',
      grant: 'first-visit',
      transports: [bearer(), cookie()],
      secrets: [KEY],
      clientChecks: [check],
      onClientChange: 'refuse',
      trustedOrigins: ['https://pay.example', 'http://localhost:3000', 'capacitor://localhost'],
      perUser: { max: 3, onExceed: 'refuse' },
      maxDataBytes: 100,
      onEvent,
      now,
      randomBytes,
    });
    expect(config).toMatchObject({
      timeouts: { idle: 1000, absolute: HOUR },
      firstUseTimeouts: { idle: 500, absolute: HOUR },
      rememberTimeouts: { idle: 2 * DAY, absolute: 3 * DAY },
      renewAfter: 2 * MINUTE,
      renewalGrace: 2 * MINUTE,
      grantAtVisit: true,
      signingKeys: [KEY],
      clientChecks: [check],
      onClientChange: 'refuse',
      maxPerUser: 3,
      onExceed: 'refuse',
      maxDataBytes: 100,
      onEvent,
      now,
      randomBytes,
    });
    expect(config.transports.map(({ vary }) => vary)).toEqual(['authorization', 'Cookie']);
    expect(config.trustedOrigins).toEqual(
      new Set(['https://pay.example', 'http://localhost:3000', 'capacitor://localhost']),
    );
    expect(config.initial()).toEqual({ cart: ['one'] });
  });

  it('apply to an option that is undefined', () => {
    expect(checkOptions(given({ grant: undefined, perUser: undefined, secrets: undefined })).maxPerUser).toBe(
      100,
    );
  });
});

describe('false', () => {
  it('turns the idle timeout off', () => {
    expect(checkOptions<object>({ store, idleTimeout: false }).timeouts).toEqual({
      idle: Number.POSITIVE_INFINITY,
      absolute: 12 * HOUR,
    });
  });

  it('replaces the absolute timeout with 400 days', () => {
    expect(checkOptions<object>({ store, absoluteTimeout: false }).timeouts).toEqual({
      idle: 30 * MINUTE,
      absolute: 400 * DAY,
    });
  });

  it('turns timed renewal off', () => {
    expect(checkOptions<object>({ store, renewAfter: false }).renewAfter).toBe(Number.POSITIVE_INFINITY);
  });
});

it('a default idle timeout gives way to a shorter absolute one', () => {
  expect(checkOptions<object>({ store, absoluteTimeout: '10m' }).timeouts).toEqual({
    idle: 10 * MINUTE,
    absolute: 10 * MINUTE,
  });
});

it('accepts an idle timeout as long as the absolute one', () => {
  expect(checkOptions<object>({ store, idleTimeout: '1h', absoluteTimeout: '1h' }).timeouts.idle).toBe(HOUR);
});

it('applies the timeouts of remember to a user who signed in with it', () => {
  const config = checkOptions<object>({ store });
  const user = { id: 'u', signedInAt: 0, epoch: 0 };
  expect(timeoutsOf(config, undefined)).toBe(config.timeouts);
  expect(timeoutsOf(config, undefined, true)).toBe(config.firstUseTimeouts);
  expect(timeoutsOf(config, { ...user, remembered: false }, true)).toBe(config.timeouts);
  expect(timeoutsOf(config, { ...user, remembered: false })).toBe(config.timeouts);
  expect(timeoutsOf(config, { ...user, remembered: true })).toBe(config.rememberTimeouts);
});

it.for([
  ['development', true],
  ['test', true],
  ['production', false],
] as const)('warnings are printed by default in %s: %s', ([environment, isPrinted]) => {
  vi.stubEnv('NODE_ENV', environment);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(checkOptions({ store }).warnOnConsole).toBe(isPrinted);
  expect(checkOptions({ store, warnOnConsole: !isPrinted }).warnOnConsole).toBe(!isPrinted);
});

describe('cookie maxAge', () => {
  const options = (maxAge: string, more: Partial<SessionsOptions<object>> = {}) => ({
    store,
    transports: [bearer(), cookie({ maxAge })],
    ...more,
  });

  it('may not end before the cookie is sent again, which would sign users out while they are active', () => {
    expect(thrown(() => checkOptions(options('74m')), 'ERR_CONFIG').message).toBe(
      'cookie maxAge must be at least 4500000 milliseconds (renewAfter + 2 × idleTimeout), or the cookie expires while its session is in use; received 4440000.',
    );
    expect(() => checkOptions(options('75m'))).not.toThrow();
    const quick = { renewAfter: '1m', idleTimeout: '5m' } as const;
    expect(() => checkOptions(options('12m', quick))).toThrow(
      'at least 750000 milliseconds (30 s + 2 × renewalGrace + 2 × idleTimeout)',
    );
    expect(() => checkOptions(options('10m', { absoluteTimeout: '10m' }))).not.toThrow();
  });

  it('must last for the absolute timeout if the cookie is never sent again', () => {
    const never = { renewAfter: false, idleTimeout: '14d', absoluteTimeout: '90d' } as const;
    expect(thrown(() => checkOptions(options('7d', never)), 'ERR_CONFIG').message).toContain(
      'at least 7776000000 milliseconds (absoluteTimeout)',
    );
    expect(() => checkOptions(options('90d', never))).not.toThrow();
    expect(() => checkOptions(options('7d', { renewAfter: false }))).not.toThrow();
  });
});

it('copies lists, so that altering them later changes nothing', () => {
  const secrets = [KEY];
  const trustedOrigins = ['https://pay.example'];
  const config = checkOptions<object>({ store, secrets, trustedOrigins });
  secrets.length = 0;
  trustedOrigins.length = 0;
  expect(config.signingKeys).toEqual([KEY]);
  expect(config.trustedOrigins.size).toBe(1);
});
