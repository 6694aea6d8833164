import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { StoreFactory } from '../src/index.ts';
import { KEY } from '../src/record.ts';
import { collect, type Outcome } from './mutants/collect.ts';
import { mutantFactory } from './mutants/mutant-factory.ts';
import { openStore } from './mutants/shared-file.ts';

const REFERENCE = mutantFactory(({ store }) => store);
const directory = mkdtempSync(join(tmpdir(), 'store-contract-'));

afterAll(() => rmSync(directory, { recursive: true }));

describe('a store that keeps the contract passes', () => {
  it('if it returns promises', async () => {
    const factory = mutantFactory(({ store }) => ({
      read: async (key) => store.read(key),
      compareAndSet: async (key, expected, next) => store.compareAndSet(key, expected, next),
      sweep: async (now, limit) => store.sweep(now, limit),
      clear: async () => store.clear(),
      close: async () => {},
    }));
    expect(failures(await collect(factory))).toEqual([]);
  });

  it('if it has only read and compareAndSet', async () => {
    const factory = mutantFactory(({ store: { read, compareAndSet } }) => ({ read, compareAndSet }));
    expect(failures(await collect(factory))).toEqual([]);
  });

  it('if it drops expired records by its own clock', async () => {
    const factory = mutantFactory(({ store, records }) => {
      const drop = (key: string): void => {
        if ((records().get(key)?.expiresAt ?? 0) <= Date.now()) records().delete(key);
      };
      return {
        read(key) {
          drop(key);
          return store.read(key);
        },
        compareAndSet(key, expected, next) {
          drop(key);
          return store.compareAndSet(key, expected, next);
        },
      };
    });
    expect(failures(await collect(factory))).toEqual([]);
  });
});

describe('a factory', () => {
  it('without createBrokenStore requires plain values', async () => {
    const { createBrokenStore: _, ...factory } = REFERENCE;
    expect(failures(await collect(factory))).toEqual([]);
    const byPromise = mutantFactory(({ store }) => ({ ...store, read: async (key) => store.read(key) }));
    const { createBrokenStore: __, ...unfailing } = byPromise;
    expect(failures(await collect(unfailing))).toEqual([expect.stringContaining('returns plain values')]);
  });

  it('that creates no store fails the clauses', async () => {
    const factory: StoreFactory = {
      ...REFERENCE,
      createBrokenStore: () => Promise.reject(new Error('no server')),
    };
    expect(failures(await collect(factory))).toEqual([
      'rejects a failed publication',
      'rejects a failed read, and never reports it as an absent record',
      'rejects a failed write, and never reports it as a lost comparison',
      'rejects a failed sweep',
      'rejects a failed clear',
    ]);
  });
});

describe('between processes', () => {
  let files = 0;
  const shared = (module: string, argument = join(directory, `${++files}.db`)): StoreFactory => ({
    ...REFERENCE,
    createStore: () => openStore(argument),
    openElsewhere: () => ({ module: new URL(module, import.meta.url), argument }),
  });
  const copies = { createStore: REFERENCE.createStore };
  const only = /four processes/;

  it('passes a store in a file that all processes share', async () => {
    const outcomes = await collect(shared('./mutants/shared-file.ts'), only);
    expect(outcomes).toEqual([{ title: expect.any(String), error: undefined }]);
  }, 30_000);

  it('fails a store if each process has its own copy', async () => {
    const [outcome] = await collect({ ...shared('./mutants/own-copy.ts', KEY), ...copies }, only);
    expect(outcome?.error).toMatchObject({
      message: expect.stringContaining('exactly one must win each version'),
    });
  }, 30_000);

  it('fails a store that another process cannot open', async () => {
    const [outcome] = await collect(shared('../src/record.ts'), only);
    expect(outcome?.error).toMatchObject({
      message: expect.stringContaining('must export a function openStore'),
    });
  }, 30_000);

  it('fails a store that fails in another process', async () => {
    const [outcome] = await collect({ ...shared('./mutants/own-copy.ts', 'another key'), ...copies }, only);
    expect(outcome?.error).toMatchObject({ message: expect.stringContaining('read returned undefined') });
  }, 30_000);
});

function failures(outcomes: readonly Outcome[]): string[] {
  return outcomes.filter(({ error }) => error !== undefined).map(({ title }) => title);
}
