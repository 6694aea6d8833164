import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText, sessionState } from '../../test/support/arbitrary-state.ts';
import type { SessionState } from '../session/session-state.ts';
import { decodeSession, encodeSession } from './record.ts';

const FULL: SessionState = {
  writes: 'aaaaabbbbb',
  generation: 3,
  createdAt: 1000,
  lastUsedAt: 1500,
  expiresAt: 9000,
  absoluteDeadline: 8000,
  secret: { hash: 'hash of the current', since: 1200 },
  next: { nonce: 'the nonce', hash: 'hash of the next' },
  recovery: { nonce: 'the nonce before', status: 'offered' },
  retired: [
    { hash: 'retired 1', at: 1200, client: { network: 'n1', browser: 'b1', platform: 'p1' } },
    { hash: 'retired 2', at: 1100, client: { network: 'n2', browser: 'b2', platform: 'p2' } },
  ],
  client: { network: '203.0.113.0/24', browser: 'Firefox', platform: 'Linux' },
  observed: { 'ip-address': ['203.0.113.0/24', '198.51.100.0/24'], 'user-agent': ['Firefox/Linux'] },
  user: { id: 'user 1', signedInAt: 1300, epoch: 2, remembered: true },
  device: {
    id: 'the binding',
    key: 'ES256.x.y',
    boundAt: 1400,
    challenges: [
      ['the challenge', 1450],
      ['the one before', 1460],
    ],
    cookies: [['hash of the bound cookie', 2050]],
  },
  finish: {
    at: 1600,
    isRevoked: false,
    receipt: { order: 7 },
    successor: { id: 'successor', nonce: 'its nonce' },
  },
  data: '{"cart":[]}',
};

/** The body with an altered header. */
function bodyOf(header: unknown, data = FULL.data): string {
  return `${JSON.stringify(header)}\n${data}`;
}

function headerOf(state: SessionState): unknown[] {
  const [line = ''] = encodeSession(state, 1).body.split('\n', 1);
  return JSON.parse(line);
}

function decode(body: string): SessionState | undefined {
  return decodeSession({ version: 1, expiresAt: 9000, body });
}

it('decodes what was encoded, for every state and every extra', () => {
  fc.assert(
    fc.property(sessionState, fc.nat(), (state, version) => {
      const record = encodeSession(state, version);
      expect(record.version).toBe(version);
      expect(record.expiresAt).toBe(state.expiresAt);
      expect(decodeSession(record)).toEqual(state);
    }),
    { numRuns: 500 },
  );
});

it('encodes a well-formed Unicode string, whatever the names of clients and users', () => {
  fc.assert(
    fc.property(sessionState, (state) => {
      const [header] = encodeSession(state, 1).body.split('\n', 1);
      expect(header?.isWellFormed()).toBe(true);
    }),
  );
});

it('takes the deadline from the record, so that the two cannot differ', () => {
  const record = encodeSession(FULL, 1);
  expect(decodeSession({ ...record, expiresAt: 12_345 })?.expiresAt).toBe(12_345);
});

it('does not parse the data: the header is the first line, the data the rest', () => {
  const data = 'not JSON {\n at all\n';
  expect(decodeSession(encodeSession({ ...FULL, data }, 1))?.data).toBe(data);
});

it('encodes no extras if there are none', () => {
  const plain: SessionState = {
    ...FULL,
    next: undefined,
    recovery: undefined,
    retired: [],
    observed: {},
    user: undefined,
    device: undefined,
    finish: undefined,
  };
  expect(headerOf(plain)).toHaveLength(11);
  expect(headerOf(FULL)).toHaveLength(12);
  expect(decode(bodyOf(headerOf(plain)))).toEqual(plain);
});

it('decodes a record that was written before there were recoveries', () => {
  const header = headerOf(FULL);
  const extras = header[11];
  if (typeof extras === 'object' && extras !== null) Reflect.deleteProperty(extras, 'b');
  expect(decode(bodyOf(header))).toEqual({ ...FULL, recovery: undefined });
});

it('decodes a session that is not bound yet, and one of before there were bindings', () => {
  const device = { id: '', key: '', boundAt: null, challenges: [], cookies: [] };
  expect(decodeSession(encodeSession({ ...FULL, device }, 1))?.device).toEqual(device);
  const header = headerOf(FULL);
  Reflect.deleteProperty(Object(header[11]), 'd');
  expect(decode(bodyOf(header))).toEqual({ ...FULL, device: undefined });
});

it('decodes the recovery of a successor, which has no nonce of its own', () => {
  const recovery = { nonce: undefined, status: 'ready' } as const;
  expect(decodeSession(encodeSession({ ...FULL, recovery }, 1))?.recovery).toEqual(recovery);
});

describe('a corrupt record', () => {
  it('decodes to undefined and never throws, whatever the body', () => {
    const nearly = fc
      .array(fc.oneof(fc.constant(1), fc.jsonValue()), { maxLength: 14 })
      .map((list) => bodyOf(list));
    fc.assert(
      fc.property(fc.oneof(anyText, nearly), (body) => {
        expect(decode(body)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('is one that is cut off anywhere in its header', () => {
    const { body } = encodeSession(FULL, 1);
    for (let end = 0; end <= body.indexOf('\n'); end += 1) expect(decode(body.slice(0, end))).toBeUndefined();
  });

  it('is one of a single line', () => {
    for (const rest of ['', ' ', 'x', '{}'])
      expect(decode(JSON.stringify(headerOf(FULL)) + rest)).toBeUndefined();
  });

  it.for([0, 2, 1.5, '1', null, [1]])('is one of format %j', (format) => {
    const header = headerOf(FULL);
    header[0] = format;
    expect(decode(bodyOf(header))).toBeUndefined();
  });

  it('is one whose header lacks any part', () => {
    const header = headerOf({
      ...FULL,
      next: undefined,
      recovery: undefined,
      retired: [],
      observed: {},
      user: undefined,
      device: undefined,
      finish: undefined,
    });
    for (let length = 0; length < header.length; length += 1) {
      expect(decode(bodyOf(header.slice(0, length)))).toBeUndefined();
    }
  });

  // The receipt is the app's, and may be any JSON.
  const isReceipt = (path: string) => path.startsWith('11.f.r');
  // Null until the session is bound.
  const isBoundAt = (path: string) => path === '11.d.2';

  it('is one whose header has any value of another type', () => {
    const header = headerOf(FULL);
    for (const path of pathsIn(header)) {
      if (isReceipt(path)) continue;
      for (const wrong of wrongFor(valueAt(header, path))) {
        if (wrong === null && isBoundAt(path)) continue;
        const altered: unknown = structuredClone(header);
        setAt(altered, path, wrong);
        expect({ path, wrong, read: decode(bodyOf(altered)) }).toEqual({ path, wrong, read: undefined });
      }
    }
  });

  it('is one whose header has a tuple that is too short or too long', () => {
    const header = headerOf(FULL);
    for (const path of [
      '11.u',
      '11.n',
      '11.b',
      '11.r.0',
      '11.r.1',
      '11.d',
      '11.d.3.1',
      '11.d.4.0',
      '11.f.s',
    ]) {
      const tuple = valueAt(header, path);
      if (!Array.isArray(tuple)) throw new TypeError(`${path} is not a tuple.`);
      for (const wrong of [tuple.slice(0, -1), [...tuple, 'more'], []]) {
        const altered: unknown = structuredClone(header);
        setAt(altered, path, wrong);
        expect(decode(bodyOf(altered))).toBeUndefined();
      }
    }
  });

  it.for(['1e999', '-1e999', '1e300', '8.65e15'])('is one whose createdAt is %s', (time) => {
    const { body } = encodeSession(FULL, 1);
    expect(
      decode(body.replace(`"${FULL.secret.hash}",1000,`, `"${FULL.secret.hash}",${time},`)),
    ).toBeUndefined();
  });

  it('is one whose finish has no time', () => {
    const header = headerOf(FULL);
    setAt(header, '11.f', { r: 1 });
    expect(decode(bodyOf(header))).toBeUndefined();
  });
});

it('encodes a revocation', () => {
  const finish = { at: 1600, isRevoked: true, receipt: undefined, successor: undefined };
  const record = encodeSession({ ...FULL, finish }, 1);
  expect(decodeSession(record)?.finish).toEqual(finish);
  expect(decodeSession({ ...record, body: record.body.replace('"v":1', '"v":2') })).toBeUndefined();
});

it('encodes remembered as 1 or 0', () => {
  expect(decodeSession(encodeSession(FULL, 1))?.user?.remembered).toBe(true);
  const user = { id: 'u', signedInAt: 1, epoch: 0, remembered: false };
  expect(decodeSession(encodeSession({ ...FULL, user }, 1))?.user).toEqual(user);
});

/** Lists the paths of all values below a header, such as `11.f.at`. */
function pathsIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, each]) =>
    pathsIn(each, path === '' ? key : `${path}.${key}`),
  );
  return path === '' ? below : [path, ...below];
}

function valueAt(header: unknown, path: string): unknown {
  return path.split('.').reduce((value: unknown, key) => Reflect.get(Object(value), key), header);
}

function setAt(header: unknown, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  Reflect.set(Object(keys.length === 0 ? header : valueAt(header, keys.join('.'))), last, value);
}

function wrongFor(value: unknown): unknown[] {
  if (typeof value === 'string') return [7, null, ['x'], true];
  if (typeof value === 'number') return ['7', null, [7], true];
  return ['text', 7, null, true];
}
