import { createSessions, type SessionStore } from '@coatcheck/core';
import { issue } from '@coatcheck/core/testing';
import { session } from '@coatcheck/hono';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { type D1Binding, type D1Statement, d1Store, durableObjectStore } from '../src/index.ts';

const OVERLOADED = 'D1 DB is overloaded. Too many requests queued.';

const failing = () => Promise.reject(new Error(OVERLOADED));
const statement = { bind: () => statement, run: failing, raw: failing };
const database: D1Binding = { prepare: () => statement, batch: failing };
const objects = { idFromName: (name: string) => name, get: () => ({ fetch: failing }) };

it.each<[string, SessionStore, string]>([
  ['D1', d1Store(database), 'D1 reported'],
  ['a Durable Object', durableObjectStore(objects), 'The Durable Object reported'],
])(
  'a failure of %s is ERR_STORE_UNAVAILABLE with the message of the platform, and grants nothing',
  async (_name, store, prefix) => {
    const sessions = createSessions<{ count: number }>({ store, initial: () => ({ count: 0 }) });
    await expect(issue(sessions)).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringContaining(`${prefix}: ${OVERLOADED}`),
    });
    const app = new Hono().use(session(sessions)).get('/', async (c) => {
      await c.var.session.update({ count: 1 });
      return c.text('');
    });
    app.onError((error, c) => c.text(error.message, 503));
    const response = await app.request('http://localhost/');
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []]);
  },
);

describe('an option that is misspelled, or options that are none', () => {
  it.each<[string, () => unknown, string]>([
    ['d1Store', () => Reflect.apply(d1Store, undefined, [database, { tabel: 'a' }]), 'An option of d1Store'],
    ['d1Store', () => Reflect.apply(d1Store, undefined, [database, null]), 'second argument of d1Store'],
    [
      'durableObjectStore',
      () => Reflect.apply(durableObjectStore, undefined, [objects, { prefx: 'a' }]),
      'An option of durableObjectStore',
    ],
    [
      'durableObjectStore',
      () => Reflect.apply(durableObjectStore, undefined, [objects, null]),
      'second argument of durableObjectStore',
    ],
  ])('of %s are ERR_CONFIG', (_name, call, message) => {
    expect(call).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG', message: expect.stringContaining(message) }),
    );
  });
});

it('the table of D1 and its index are created in one transaction', async () => {
  const created: string[][] = [];
  const alone: string[] = [];
  const sqlOf = new WeakMap<D1Statement, string>();
  const binding: D1Binding = {
    prepare: (sql) => {
      const run = async () => {
        alone.push(sql);
        if (created.length === 0)
          throw new Error('D1_ERROR: no such table: coatcheck_sessions: SQLITE_ERROR');
        return { meta: { changes: 0 } };
      };
      const prepared: D1Statement = { bind: () => prepared, run, raw: () => run().then(() => []) };
      sqlOf.set(prepared, sql);
      return prepared;
    },
    batch: async (statements) => {
      created.push(statements.map((each) => sqlOf.get(each)?.split(' ').slice(0, 2).join(' ') ?? ''));
      return [];
    },
  };
  expect(await d1Store(binding).read('key')).toBeUndefined();
  expect(created).toEqual([['CREATE TABLE', 'CREATE INDEX']]);
  expect(alone.filter((sql) => sql.startsWith('CREATE'))).toEqual([]);
});
