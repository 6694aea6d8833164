import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure } from '../../test/support/set-up.ts';
import { MAX_VERSION } from './check-record.ts';
import type { SessionStore, StoreRecord } from './store.ts';
import { StorePort } from './store-port.ts';

const RECORD: StoreRecord = { version: 7, expiresAt: 2000, body: '[1,""]\n' };
const NEXT: StoreRecord = { version: 8, expiresAt: 3000, body: '[1,"aaaaa"]\n' };
const WRITE = { key: 'key', base: RECORD, next: NEXT, until: 2000, isKnownMissing: () => false };

/** A port over a store whose calls return anything, as plain values and as promises. */
function ports(results: { read?: unknown; compareAndSet?: unknown; sweep?: unknown }): StorePort[] {
  const make = (wrap: (value: unknown) => unknown) => {
    const store = {
      read: () => wrap(results.read),
      compareAndSet: () => wrap(results.compareAndSet),
      sweep: () => wrap(results.sweep),
    };
    // A store written in JavaScript may return anything.
    return new StorePort(
      store as SessionStore,
      () => 1000,
      () => {},
    );
  };
  return [make((value) => value), make((value) => Promise.resolve(value))];
}

const call = async <T>(run: () => T | PromiseLike<T>): Promise<T> => run();

describe('what a store returns', () => {
  it.for<[unknown, string]>([
    [null, 'read() must return a record or undefined; received null'],
    [false, 'received a boolean'],
    ['secret', 'received a string'],
    [{}, 'record.version must be an integer from 1 to'],
    [{ ...RECORD, version: Number.NaN }, 'received NaN'],
    [{ ...RECORD, version: 0 }, 'received 0'],
    [{ ...RECORD, version: 1.5 }, 'received 1.5'],
    [{ ...RECORD, version: '7' }, 'received a string'],
    [{ ...RECORD, version: 7n }, 'received a bigint'],
    [{ ...RECORD, version: MAX_VERSION + 1 }, `received ${MAX_VERSION + 1}`],
    [{ ...RECORD, expiresAt: Number.POSITIVE_INFINITY }, 'received Infinity'],
    [{ ...RECORD, expiresAt: Number.NaN }, 'received NaN'],
    [{ ...RECORD, expiresAt: 9e15 }, 'received 9000000000000000'],
    [{ ...RECORD, expiresAt: 0.5 }, 'received 0.5'],
    [{ ...RECORD, expiresAt: new Date(0) }, 'received an object'],
    [{ ...RECORD, body: undefined }, 'record.body must be a string; received undefined'],
    [{ ...RECORD, body: new Uint8Array(1) }, 'record.body must be a string; received an object'],
  ])('as %s is ERR_STORE_UNAVAILABLE for a read', async ([result, part]) => {
    for (const port of ports({ read: result })) {
      const { message } = await failure(
        call(() => port.read('key')),
        'ERR_STORE_UNAVAILABLE',
      );
      expect(message).toContain('returned an invalid value');
      expect(message).toContain(part);
      expect(message).not.toContain('secret');
    }
  });

  it.for([undefined, null, 1, 0, 'OK', {}])('as %j is ERR_STORE_UNAVAILABLE for a write', async (result) => {
    for (const port of ports({ read: RECORD, compareAndSet: result })) {
      for (const run of [
        () => port.write(WRITE),
        () => port.create('key', NEXT),
        () => port.delete('key', RECORD),
      ]) {
        const { message } = await failure(call<unknown>(run), 'ERR_STORE_UNAVAILABLE');
        expect(message).toContain('compareAndSet() must return true or false');
        expect(message).toContain('unknown whether the write happened');
      }
    }
  });

  it.for([undefined, Number.NaN, -1, 0.5, 11, Number.POSITIVE_INFINITY, '3'])(
    'as %s is ERR_STORE_UNAVAILABLE for a sweep',
    async (result) => {
      for (const port of ports({ sweep: result })) {
        const { message } = await failure(port.sweep(1000, 10), 'ERR_STORE_UNAVAILABLE');
        expect(message).toContain('sweep() must return an integer from 0 to 10');
      }
    },
  );

  it('never makes a call loop or throw anything but ERR_STORE_UNAVAILABLE', async () => {
    const odd = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true });
    const value = fc.oneof(
      odd,
      fc.record({ version: odd, expiresAt: odd, body: odd }),
      fc.record({ version: fc.double(), expiresAt: fc.double(), body: fc.string() }),
    );
    await fc.assert(
      fc.asyncProperty(value, value, value, async (read, compareAndSet, sweep) => {
        for (const port of ports({ read, compareAndSet, sweep })) {
          for (const run of [
            () => port.read('key'),
            () => port.write(WRITE),
            () => port.create('key', NEXT),
            () => port.delete('key', RECORD),
            () => port.sweep(1000, 10),
          ]) {
            await call<unknown>(run).catch((error: unknown) => {
              expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
            });
          }
        }
      }),
    );
  });
});

describe('a write that is sent again because its response did not arrive', () => {
  const AFTER = 3000;
  const portOver = (found: StoreRecord | undefined) => {
    const sent: unknown[] = [];
    const store: SessionStore = {
      read: () => found,
      compareAndSet: (_key, _expected, next) => {
        sent.push(next);
        return false;
      },
    };
    const port = new StorePort(
      store,
      () => AFTER,
      () => {},
    );
    return { port, sent };
  };

  it('is written if the record says so, even past its deadline', async () => {
    const { port } = portOver(NEXT);
    expect(await port.write(WRITE, true)).toEqual({ kind: 'written', record: NEXT });
  });

  it('is not sent past its deadline, and its outcome is unknown', async () => {
    const { port, sent } = portOver(RECORD);
    await failure(
      call(() => port.write(WRITE, true)),
      'ERR_STORE_UNAVAILABLE',
    );
    expect(sent).toEqual([]);
  });

  it('may have been written if the record is gone', async () => {
    const { port } = portOver(undefined);
    expect(await port.write(WRITE, true)).toMatchObject({ kind: 'gone', written: 'unknown' });
  });

  it('counts as done if it was a deletion and the record is gone', async () => {
    const { port } = portOver(undefined);
    expect(await port.delete('key', RECORD, true)).toBe('deleted');
    expect(await port.delete('key', RECORD)).toBe('gone');
  });
});
