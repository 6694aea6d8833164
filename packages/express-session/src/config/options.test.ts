import { describe, expect, it, onTestFinished } from 'vitest';
import session, { MemoryStore } from '../index.ts';
import { checkOptions, type SessionOptions } from './options.ts';

const given = (json: string): SessionOptions => JSON.parse(json);

describe('an option', () => {
  it.each([
    ['{"resave": 1}', 'resave must be true or false; received 1.'],
    ['{"saveUninitialised": true}', "received 'saveUninitialised'"],
    ['{"unset": "clear"}', "unset must be 'keep' or 'destroy'; received 'clear'."],
    ['{"genid": "x"}', 'genid must be left out, since Coatcheck draws the ID and the secret of each session'],
    ['{"name": "a b"}', 'name must be the name of a cookie'],
    ['{"secret": []}', 'secret option array must contain one or more strings'],
    ['{"secret": [5]}', 'secret must be a string, a Buffer or a list of them; received a number.'],
    ['{"store": {"get": 1}}', 'a store of Coatcheck, such as sqliteStore()'],
    ['{"cookie": {"httpOnly": false}}', 'the cookie of a session is always HttpOnly'],
    ['{"userId": "passport.user"}', 'userId must be a function of the data, or false'],
    ['{"counters": "views"}', 'counters must be a list of paths'],
    ['{"native": ""}', 'native must be the name of a property of the request'],
  ])('%s is rejected with a message that says what to write', (options, message) => {
    expect(() => session(given(options))).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG', message: expect.stringContaining(message) }),
    );
  });

  it('secret never appears in a message', () => {
    expect(() => session(given('{"secret": [{"a": "hunter2"}]}'))).toThrow(
      expect.not.stringContaining('hunter2'),
    );
  });

  it('cookie.secure: false is rejected in production', () => {
    const before = process.env['NODE_ENV'];
    onTestFinished(() => {
      process.env['NODE_ENV'] = before;
    });
    process.env['NODE_ENV'] = 'production';
    expect(() => session({ cookie: { secure: false } })).toThrow("true, 'auto' or left out");
    expect(() => session({ cookie: { secure: 'auto' } })).not.toThrow();
  });
});

describe('the defaults', () => {
  it('are those of express-session, but for the cookie', () => {
    expect(checkOptions({})).toMatchObject({
      name: 'connect.sid',
      resave: true,
      rolling: false,
      saveUninitialized: true,
      destroysUnset: false,
      native: 'coatcheck',
    });
  });

  it('end a session a day after its last use, or after the maxAge of its cookie', () => {
    expect(checkOptions({}).sessions.idleTimeout).toBe(86_400_000);
    expect(checkOptions({ cookie: { maxAge: 60_000 } }).sessions.idleTimeout).toBe(60_000);
    expect(checkOptions({ cookie: { maxAge: 60_000 }, idleTimeout: '2h' }).sessions.idleTimeout).toBe('2h');
  });
});

describe('the user', () => {
  const { userOf } = checkOptions({ store: new MemoryStore() });

  it.each([
    [{}, undefined],
    [{ passport: {} }, undefined],
    [{ passport: { user: null } }, undefined],
    [{ passport: { user: 'ada' } }, 'ada'],
    [{ passport: { user: 5 } }, '5'],
    [{ passport: { user: { id: 7, name: 'Ada' } } }, '7'],
    [{ passport: { user: { _id: 'x' } } }, 'x'],
    [{ passport: { user: { sub: 'y' } } }, 'y'],
  ])('in %o is %s', (data, user) => {
    expect(userOf(data)).toBe(user);
  });

  it('without an ID is reported with what to write', () => {
    expect(() => userOf({ passport: { user: { name: 'Ada' } } })).toThrow('userId must return a string');
  });

  it('is found by a function of the app, or not at all', () => {
    expect(checkOptions({ userId: ({ account }) => String(account) }).userOf({ account: 9 })).toBe('9');
    expect(checkOptions({ userId: false }).userOf({ passport: { user: 'ada' } })).toBeUndefined();
  });
});
