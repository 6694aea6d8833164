import { createSessions, type SessionStore } from '@coatcheck/core';
import { issue } from '@coatcheck/core/testing';
import { session } from '@coatcheck/hono';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { type D1Binding, d1Store, durableObjectStore } from '../src/index.ts';

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
