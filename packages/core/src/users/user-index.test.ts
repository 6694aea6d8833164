import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyString, anyText, sessionId } from '../../test/support/arbitrary-state.ts';
import { thrown } from '../../test/support/set-up.ts';
import { isSessionId } from '../session/token.ts';
import {
  checkUserId,
  decodeIndex,
  encodeIndex,
  epochRaised,
  listed,
  NO_INDEX,
  type UserIndex,
  unlisted,
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

describe('the key', () => {
  it('can be taken for no session ID, and does not hold the user ID', () => {
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
    '%j is one',
    (userId) => {
      expect(() => checkUserId(userId)).not.toThrow();
    },
  );

  it.for<[unknown, string]>([
    ['', 'an empty text'],
    ['x'.repeat(257), 'a text of over 256 bytes'],
    ['ä'.repeat(129), 'a text of over 256 bytes'],
    ['a\ud800', 'a text that is not well-formed Unicode'],
    [7, 'a number'],
    [undefined, 'a undefined'],
    [null, 'a object'],
    [{ id: 7 }, 'a object'],
  ])('%j is none', ([userId, shown]) => {
    const { message } = thrown(() => checkUserId(userId), 'ERR_CONFIG');
    expect(message).toContain('A user ID must be a text of 1 to 256 bytes');
    expect(message).toContain(`received ${shown}`);
  });
});

describe('listing', () => {
  it('puts a session last, and keeps the index as long as it can live', () => {
    expect(listed(SOME, { id: 'd', epoch: 3 }, 5000)).toEqual({
      ...SOME,
      sessions: [...SOME.sessions, { id: 'd', epoch: 3 }],
      expiresAt: 5000,
    });
    expect(listed(SOME, { id: 'd', epoch: 3 }, 10).expiresAt).toBe(1000);
  });

  it('moves one that is listed already to the end, in its new epoch', () => {
    expect(listed(SOME, { id: 'b', epoch: 3 }, 0).sessions).toEqual([
      { id: 'a', epoch: 3 },
      { id: 'c', epoch: 3 },
      { id: 'b', epoch: 3 },
    ]);
  });

  it('never lowers the epoch', () => {
    expect(listed(SOME, { id: 'd', epoch: 1 }, 0).epoch).toBe(3);
    expect(listed(SOME, { id: 'd', epoch: 8 }, 0).epoch).toBe(8);
  });

  it('begins with nothing', () => {
    expect(NO_INDEX).toEqual({ writes: '', epoch: 0, sessions: [], expiresAt: 0 });
  });
});

it('unlisting takes off what it names and nothing else', () => {
  expect(unlisted(SOME, new Set(['b', 'x']))).toEqual({
    ...SOME,
    sessions: [
      { id: 'a', epoch: 3 },
      { id: 'c', epoch: 3 },
    ],
  });
});

describe('a new epoch', () => {
  it('takes over the excepted session and leaves the others behind', () => {
    expect(epochRaised(SOME, 'a', 5000)).toEqual({
      ...SOME,
      epoch: 4,
      sessions: [
        { id: 'a', epoch: 4 },
        { id: 'b', epoch: 2 },
        { id: 'c', epoch: 3 },
      ],
      expiresAt: 5000,
    });
    expect(epochRaised(SOME, undefined, 10)).toEqual({ ...SOME, epoch: 4 });
  });

  it('takes over nothing that an earlier revocation has left behind', () => {
    expect(epochRaised(SOME, 'b', 10)).toEqual({ ...SOME, epoch: 4 });
  });
});

describe('the record', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(index, fc.nat(), (each, version) => {
        const record = encodeIndex(each, version);
        expect(record).toMatchObject({ version, expiresAt: each.expiresAt });
        expect(decodeIndex(record)).toEqual(each);
      }),
    );
  });

  const decode = (body: string) => decodeIndex({ version: 1, expiresAt: 1000, body });

  it('that cannot be read is undefined, and never throws', () => {
    const nearly = fc.array(fc.oneof(fc.constant(2), fc.jsonValue()), { maxLength: 5 });
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          nearly.map((list) => `${JSON.stringify(list)}\n`),
        ),
        (body) => {
          const read = decode(body);
          // By chance a list may be that of an index; then it is read as one.
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
  ])('of %j is none', (header) => {
    expect(decode(`${JSON.stringify(header)}\n`)).toBeUndefined();
  });
});

it('the error of a full list says how to go on', () => {
  const error = userLimit(5);
  expect(error).toMatchObject({ code: 'ERR_USER_LIMIT', status: 409 });
  expect(error.message).toContain('5 sessions');
});
