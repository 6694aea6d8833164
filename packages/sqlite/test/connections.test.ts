import { DatabaseSync } from 'node:sqlite';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../src/index.ts';
import { refusalOf } from './support/refusal.ts';

/** Calls sqliteStore as JavaScript can. */
const refusal = (given: unknown) => refusalOf(() => Reflect.apply(sqliteStore, undefined, [given]));

describe('a connection that the store cannot use is ERR_CONFIG', () => {
  it.each([undefined, null])('%s, as a missing binding or variable is', (given) => {
    const { code, message } = refusal(given);
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('check the environment variable or binding');
  });

  it('a D1 binding, env.DB, which returns promises', () => {
    const statement = {
      bind: () => statement,
      first: async () => null,
      run: async () => ({}),
      all: async () => ({}),
      raw: async () => [],
    };
    const d1 = {
      prepare: () => statement,
      exec: async () => ({}),
      batch: async () => [],
      dump: async () => {},
    };
    const { code, message } = refusal(d1);
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('such as a D1 binding (env.DB)');
  });

  it('a driver whose rows come later', () => {
    const { code } = refusal({
      exec: () => {},
      prepare: () => ({ get: async () => [1], run: async () => {} }),
    });
    expect(code).toBe('ERR_CONFIG');
  });

  it.each([
    ['better-sqlite3', () => new Database(':memory:')],
    ['node:sqlite', () => new DatabaseSync(':memory:')],
  ])('a closed one of %s', (_driver, connect) => {
    const connection = connect();
    connection.close();
    const { code, message } = refusal(connection);
    expect(code).toBe('ERR_CONFIG');
    expect(message).toContain('an open connection; this one is closed');
  });
});
