import { type MemoryStore, memoryStore } from '../../src/store/memory/memory-store.ts';
import type { StoreRecord } from '../../src/store/store.ts';

/** A call of a store, as it arrives. */
export interface StoreCall {
  readonly operation: 'read' | 'write' | 'delete' | 'sweep' | 'clear';
  readonly key: string;
  readonly next?: StoreRecord | null;
}

/**
 * What a test makes of a call: undefined lets it through, `reject` fails it unapplied, `apply-reject` and `apply-false` apply it and lose or falsify
 * the response, `false` returns a lost comparison without applying.
 */
export type Fault = undefined | 'reject' | 'apply-reject' | 'apply-false' | 'false';

/** A memory store that lists its calls and lets a test come between. */
export interface WatchedStore extends MemoryStore {
  /** The store behind, whose calls are not watched. */
  readonly inner: MemoryStore;
  readonly calls: StoreCall[];
  /** Runs before each call; the call waits for it. */
  before: (call: StoreCall) => Fault | Promise<Fault>;
  /** How many of the calls so far may have written. */
  readonly writes: number;
  /** Every record that was ever written, as one string. */
  readonly everything: string;
  /** Empties the list of calls. */
  forget(): void;
}

/** The error of a store that fails, with what a client library would attach: it must not come out. */
export const STORE_ERROR: Error = Object.assign(new Error('READONLY for set session:abc "the body"'), {
  code: 'ECONNRESET',
  command: { name: 'set', args: ['session:abc', 'the body'] },
});

export function watchedStore(): WatchedStore {
  const inner = memoryStore();
  const calls: StoreCall[] = [];
  let everything = '';
  const run = async <R>(call: StoreCall, apply: () => R | PromiseLike<R>): Promise<R | false> => {
    calls.push(call);
    if (call.next) everything += `${call.key} ${call.next.body}\n`;
    const fault = await store.before(call);
    if (fault === 'reject') throw STORE_ERROR;
    if (fault === 'false') return false;
    const result = await apply();
    if (fault === 'apply-reject') throw STORE_ERROR;
    return fault === 'apply-false' ? false : result;
  };
  const store: WatchedStore = {
    inner,
    calls,
    before: () => undefined,
    get size() {
      return inner.size;
    },
    get writes() {
      return calls.filter(({ operation }) => operation === 'write' || operation === 'delete').length;
    },
    get everything() {
      return everything;
    },
    forget: () => {
      calls.length = 0;
    },
    read: async (key) => {
      const result = await run({ operation: 'read', key }, () => inner.read(key));
      return result === false ? undefined : result;
    },
    compareAndSet: (key, expected, next) =>
      run({ operation: next === null ? 'delete' : 'write', key, next }, () =>
        inner.compareAndSet(key, expected, next),
      ),
    sweep: async (now, limit) => {
      const result = await run(
        { operation: 'sweep', key: String(now) },
        () => inner.sweep?.(now, limit) ?? 0,
      );
      return result === false ? 0 : result;
    },
    clear: async () => {
      await run({ operation: 'clear', key: '' }, () => inner.clear?.());
    },
  };
  return store;
}

/** Writes a record over itself, as another process that changes nothing would. */
export async function overwrite(store: WatchedStore, key: string): Promise<void> {
  const record = await store.inner.read(key);
  if (record === undefined) throw new Error(`There is no record under ${key}.`);
  await store.inner.compareAndSet(key, record.version, { ...record, version: record.version + 1 });
}

/** A point that calls wait at until the test lets them go. */
export interface Gate {
  /** Resolves when somebody waits at the gate. */
  readonly reached: Promise<void>;
  wait(): Promise<undefined>;
  open(): void;
}

export function gate(): Gate {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<undefined>();
  return {
    reached: reached.promise,
    wait: () => {
      reached.resolve();
      return opened.promise;
    },
    open: () => opened.resolve(undefined),
  };
}
