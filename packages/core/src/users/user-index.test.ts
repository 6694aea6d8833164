import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyString, anyText, sessionId } from '../../test/support/arbitrary-state.ts';
import { thrown } from '../../test/support/set-up.ts';
import { isSessionId } from '../session/token.ts';
import {
  addSession,
  checkUserId,
  decodeIndex,
  encodeIndex,
  NO_INDEX,
  raiseEpoch,
  removeSessions,
  type UserIndex,
  userKey,
  userLimit,
} from './user-index.ts';

const index: fc.Arbitrary<UserIndex> = fc.record({
  writes: fc.constantFrom('', 'aaaaa', 'aaaaabbbbb'),
  epoch: fc.nat(),
  sessions: fc.uniqueArray(fc.record({ id: sessionId, epoch: fc.nat() }), {
    maxLength: 10,
    selector: ({ id }) => id,
  }),
  expiresAt: fc.nat(),
});
const SOME: UserIndex = {
  writes: 'aaaaa',
  epoch: 3,
  sessions: [
    { id: 'a', epoch: 3 },
    { id: 'b', epoch: 2 },
    { id: 'c', epoch: 3 },
  ],
  expiresAt: 1000,
};

describe('the key of an index', () => {
  it('cannot be a session ID and does not contain the user ID', () => {
    fc.assert(
      fc.property(anyString(3), (userId) => {
        const key = userKey(userId);
        expect(isSessionId(key)).toBe(false);
        expect(key).toBe(`user.${createHash('sha256').update(userId).digest('base64url')}`);
      }),
    );
  });
});

describe('a user ID', () => {
  it.for(['7', 'alice', ' ', 'ä'.repeat(128), '😀'.repeat(64), 'x'.repeat(256), 'a\nb'])(
    'accepts %j',
    (userId) => {
      expect(() => checkUserId(userId)).not.toThrow();
    },
  );

  it.for<[unknown, string]>([
    ['', 'an empty string'],
    ['x'.repeat(257), 'a string of over 256 bytes'],
    ['ä'.repeat(129), 'a string of over 256 bytes'],
    ['€'.repeat(86), 'a string of over 256 bytes'],
    ['a\ud800', 'a string that is not well-formed Unicode'],
    [7, 'a number. Pass String(user.id).'],
    [true, 'a boolean'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ id: 7 }, 'an object'],
  ])('rejects %s', ([userId, shown]) => {
    const { message } = thrown(() => checkUserId(userId), 'ERR_CONFIG');
    expect(message).toContain('A user ID must be a string of 1 to 256 bytes');
    expect(message).toContain(`received ${shown}`);
  });
});

describe('adding a session', () => {
  it('puts it last and keeps the index as long as it can live', () => {
    expect(addSession(SOME, { id: 'd', epoch: 3 }, 5000)).toEqual({
      ...SOME,
      sessions: [...SOME.sessions, { id: 'd', epoch: 3 }],
      expiresAt: 5000,
    });
    expect(addSession(SOME, { id: 'd', epoch: 3 }, 10).expiresAt).toBe(1000);
  });

  it('moves a listed one to the end, in its new epoch', () => {
    expect(addSession(SOME, { id: 'b', epoch: 3 }, 0).sessions).toEqual([
      { id: 'a', epoch: 3 },
      { id: 'c', epoch: 3 },
      { id: 'b', epoch: 3 },
    ]);
  });

  it('never lowers the epoch', () => {
    expect(addSession(SOME, { id: 'd', epoch: 1 }, 0).epoch).toBe(3);
    expect(addSession(SOME, { id: 'd', epoch: 8 }, 0).epoch).toBe(8);
  });

  it('starts from an empty index', () => {
    expect(NO_INDEX).toEqual({ writes: '', epoch: 0, sessions: [], expiresAt: 0 });
  });
});

it('removes the named sessions and no others', () => {
  expect(removeSessions(SOME, new Set(['b', 'x']))).toEqual({
    ...SOME,
    sessions: [
      { id: 'a', epoch: 3 },
      { id: 'c', epoch: 3 },
    ],
  });
});

describe('a new epoch', () => {
  it('includes only the excepted session', () => {
    expect(raiseEpoch(SOME, 'a', 5000)).toEqual({
      ...SOME,
      epoch: 4,
      sessions: [
        { id: 'a', epoch: 4 },
        { id: 'b', epoch: 2 },
        { id: 'c', epoch: 3 },
      ],
      expiresAt: 5000,
    });
    expect(raiseEpoch(SOME, undefined, 10)).toEqual({ ...SOME, epoch: 4 });
  });

  it('excludes an excepted session that an earlier revocation has still to end', () => {
    expect(raiseEpoch(SOME, 'b', 10)).toEqual({ ...SOME, epoch: 4 });
  });
});

describe('the record of an index', () => {
  it('decodes to what was encoded', () => {
    fc.assert(
      fc.property(index, fc.nat(), (each, version) => {
        const record = encodeIndex(each, version);
        expect(record).toMatchObject({ version, expiresAt: each.expiresAt });
        expect(decodeIndex(record)).toEqual(each);
      }),
    );
  });

  const decode = (body: string) => decodeIndex({ version: 1, expiresAt: 1000, body });

  it('decodes to undefined and never throws if it is corrupt', () => {
    const nearly = fc.array(fc.oneof(fc.constant(2), fc.jsonValue()), { maxLength: 5 });
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          nearly.map((list) => `${JSON.stringify(list)}\n`),
        ),
        (body) => {
          const read = decode(body);
          // A random list may happen to be an index.
          if (read !== undefined) expect(JSON.parse(body)[0]).toBe(2);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.for([
    [3, '', 0, []],
    ['2', '', 0, []],
    [1, '', 0, []],
    [2, 5, 0, []],
    [2, '', '0', []],
    [2, '', 0, {}],
    [2, '', 0],
    [2, '', 0, ['a']],
    [2, '', 0, [['a']]],
    [2, '', 0, [['a', '1']]],
    [2, '', 0, [[1, 1]]],
    [
      2,
      '',
      0,
      [
        ['a', 1],
        ['b', null],
      ],
    ],
  ])('is corrupt with the header %j', (header) => {
    expect(decode(`${JSON.stringify(header)}\n`)).toBeUndefined();
  });
});

it('says in ERR_USER_LIMIT how to proceed', () => {
  const error = userLimit(5);
  expect(error).toMatchObject({ code: 'ERR_USER_LIMIT', status: 409 });
  expect(error.message).toContain('5 sessions');
});
