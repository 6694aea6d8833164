import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionState } from '../../test/support/arbitrary-state.ts';
import { Browser } from '../../test/support/browser.ts';
import { setUp, thrown } from '../../test/support/set-up.ts';
import { type Beginning, begun } from '../session/lifecycle.ts';
import type { StoreRecord } from '../store/store.ts';
import { type DecodedRecord, DecodedRecords } from './decoded-records.ts';
import { decodeSession, encodeSession } from './record.ts';

const BEGINNING: Beginning = {
  now: 1000,
  secretHash: 'hash',
  timeouts: { idle: 60_000, absolute: 600_000 },
  client: { network: '', browser: '', platform: '' },
  observed: {},
  user: undefined,
  data: '{"cart":["coat"]}',
};

function recordOf(version: number, data: string = BEGINNING.data): StoreRecord {
  return encodeSession(begun({ ...BEGINNING, data }), version);
}

/** The same record as a second read of a database returns it. */
function again(record: StoreRecord): StoreRecord {
  return { ...record };
}

function decoded(records: DecodedRecords, record: StoreRecord): DecodedRecord {
  return records.decode(record) ?? expect.unreachable();
}

describe('an unchanged record', () => {
  it('is decoded at its first and second read, and from the cache after that', () => {
    const records = new DecodedRecords();
    const record = recordOf(7);
    const first = decoded(records, record);
    const second = decoded(records, again(record));
    expect(second).not.toBe(first);
    expect(second).toEqual(first);
    expect(decoded(records, again(record))).toBe(second);
    expect(decoded(records, record)).toBe(second);
  });

  it('stays in the cache while another is read whose version has the same lowest bits', () => {
    const records = new DecodedRecords();
    const [one, other] = [recordOf(7), recordOf(7 + 16_384)];
    for (const each of [one, other, one, other, one, other]) records.decode(each);
    const kept = [one, other].map((record) => decoded(records, again(record)));
    expect([one, other].map((record) => decoded(records, again(record)))).toEqual(kept);
    expect(decoded(records, one)).toBe(kept[0]);
    expect(decoded(records, other)).toBe(kept[1]);
  });

  it.each([
    ['version', { version: 7 + 16_384 }],
    ['deadline', { expiresAt: 60_999 }],
    ['body', { body: recordOf(7, '{"cart":["hat"]}').body }],
  ])('is not confused with one of another %s', (_, difference) => {
    const records = new DecodedRecords();
    const record = recordOf(7);
    for (const each of [record, record, record]) records.decode(each);
    const other = { ...record, ...difference };
    expect(decoded(records, other).state).toEqual(decodeSession(other));
    expect(decoded(records, other).record).toBe(other);
    expect(decoded(records, record).state).toEqual(decodeSession(record));
  });

  it('has the state that decoding gives, in whatever order records are read', () => {
    const record = fc
      .tuple(sessionState, fc.nat({ max: 3 }))
      .map(([state, version]) => encodeSession(state, version));
    const rows = fc
      .array(record, { minLength: 1, maxLength: 4 })
      .chain((few) => fc.array(fc.constantFrom(...few), { maxLength: 20 }));
    fc.assert(
      fc.property(rows, (row) => {
        const records = new DecodedRecords();
        for (const each of row) expect(records.decode(each)?.state).toEqual(decodeSession(each));
      }),
    );
  });
});

it('never caches a record that cannot be read', () => {
  const records = new DecodedRecords();
  const record = { version: 7, expiresAt: 1, body: 'no header' };
  for (let time = 1; time <= 3; time += 1) expect(records.decode(record)).toBeUndefined();
});

it('keeps records until they exceed 4 million characters', () => {
  const records = new DecodedRecords();
  const large = (version: number) => recordOf(version, JSON.stringify({ text: 'x'.repeat(1_000_000) }));
  const rows = [1, 2, 3].map(large);
  for (const row of rows) records.decode(row);
  const kept = rows.map((row) => decoded(records, again(row)));
  const stay = () => rows.filter((row, at) => decoded(records, again(row)) === kept[at]).length;
  expect(stay()).toBe(3);
  for (const record of [large(4), large(4)]) records.decode(record);
  expect(stay()).toBe(2);
});

it('drops records before it exceeds 4 million characters, and hardly more than it must', () => {
  const records = new DecodedRecords();
  const large = (version: number) => recordOf(version, JSON.stringify({ text: 'x'.repeat(100_000) }));
  const missed = (version: number) => {
    const before = records.parsed;
    records.decode(large(version));
    return records.parsed - before;
  };
  const versions = Array.from({ length: 50 }, (_, at) => at + 1);
  for (const version of versions)
    for (const record of [large(version), large(version)]) records.decode(record);
  const misses = versions.map(missed).filter((miss) => miss === 1).length;
  expect(misses).toBeGreaterThan(50 - 40);
  expect(misses).toBeLessThan(30);
});

describe('data', () => {
  it('is parsed once and frozen deeply', () => {
    const record = decoded(new DecodedRecords(), recordOf(7));
    const { data } = record;
    expect(data).toEqual({ cart: ['coat'] });
    expect(record.data).toBe(data);
    expect(() => Object.assign(Reflect.get(Object(data), 'cart'), { 0: 'hat' })).toThrow(TypeError);
  });

  it('that is not JSON is an error at each access', () => {
    const record = decoded(new DecodedRecords(), recordOf(7, '{"cart'));
    for (let time = 1; time <= 2; time += 1) thrown(() => record.data, 'ERR_DATA_INVALID');
  });
});

describe('requests', () => {
  it('that only read share the parsed data until a write', async () => {
    const { sessions } = setUp();
    const browser = new Browser();
    await browser.use(sessions, (session) => session.update({ cart: ['coat'] }));
    const look = () => browser.use(sessions, ({ data }) => data);
    await look();
    const shared = await look();
    expect(await look()).toBe(shared);
    await browser.use(sessions, (session) => session.update(({ cart }) => cart.push('hat')));
    expect(await look()).toEqual({ cart: ['coat', 'hat'] });
    expect(shared).toEqual({ cart: ['coat'] });
  });

  it('each receive what their schema makes of the data', async () => {
    let times = 0;
    const schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => {
          times += 1;
          return { value: { cart: [`${times}`, typeof value] } };
        },
      },
    } as const;
    const { sessions } = setUp({ schema });
    const browser = new Browser();
    await browser.use(sessions, (session) => session.update({ cart: [] }));
    const looks = [];
    for (let time = 1; time <= 4; time += 1)
      looks.push(await browser.use(sessions, ({ data }) => data.cart[0]));
    expect(new Set(looks).size).toBe(4);
  });
});
