import { createSessions, type SessionError } from '@coatcheck/core';
import { TOKEN } from '@coatcheck/runtimes/faulty-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { redisStore, type UpstashStore } from '../src/redis-store.ts';
import { makeRecord } from './support/record.ts';
import { RestProxy } from './support/rest-proxy.ts';
import { TestServer } from './support/server.ts';
import { upstashAt } from './support/upstash.ts';
import { Visitor } from './support/visitor.ts';

const SOON = 100;

let server: TestServer;
let proxy: RestProxy;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.send('flushall');
  proxy = await RestProxy.start(server);
});
afterEach(() => proxy.stop());

/** Makes every call of a store and returns the errors, including those of calls that would return undefined or false. */
async function failuresOf(store: UpstashStore): Promise<readonly unknown[]> {
  const calls = [
    store.read('present'),
    store.read('absent'),
    store.compareAndSet('present', 1, makeRecord(2)),
    store.compareAndSet('present', 7, makeRecord(8)),
    store.compareAndSet('absent', null, makeRecord(1)),
    store.compareAndSet('present', 1, null),
    store.now(),
    store.clear(),
  ];
  const outcomes = await Promise.allSettled(calls);
  return outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : outcome.value));
}

/** Makes requests that read and write a session, and returns the errors that the app receives. */
async function errorsOfApp(store: UpstashStore): Promise<readonly SessionError[]> {
  const patient = createSessions<{ count: number }>({
    store: redisStore(upstashAt(proxy.url)),
    initial: () => ({ count: 0 }),
  });
  const { trouble } = proxy;
  proxy.trouble = undefined;
  const visitor = new Visitor(patient);
  await visitor.request((session) => session.update({ count: 1 }));
  proxy.trouble = trouble;
  const sessions = createSessions<{ count: number }>({ store, initial: () => ({ count: 0 }) });
  const requests = [
    new Visitor(sessions, visitor.cookie).request((session) => session.data.count),
    new Visitor(sessions).request((session) => session.update({ count: 1 })),
  ];
  const errors = (await Promise.allSettled(requests)).map((outcome) =>
    outcome.status === 'rejected' ? outcome.reason : outcome.value,
  );
  for (const error of errors) {
    expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    const { message, cause } = error;
    const shown = `${message} ${error.stack} ${cause} ${cause.stack} ${JSON.stringify(cause)}`;
    for (const secret of [TOKEN, visitor.cookie, 'evalsha', 'coatcheck:', 'count']) {
      expect(shown).not.toContain(secret);
    }
  }
  return errors;
}

describe('an HTTP API in trouble', () => {
  it.each([
    ['an error page', { status: 500, body: '<h1>500</h1>' }, 'sent a response that is not JSON'],
    ['an error of Redis', { status: 500, body: '{"error":"OOM command not allowed"}' }, 'out of memory'],
    ['a refused token', { status: 401, body: '{"error":"Unauthorized"}' }, 'refuses the token'],
    [
      'a refused token, in the words of Redis',
      { status: 401, body: '{"error":"WRONGPASS invalid or missing auth token"}' },
      'refuses the token',
    ],
    [
      'a used-up plan',
      { status: 429, body: '{"error":"ERR max requests limit exceeded. Limit: 10000, Usage: 10000."}' },
      'as its plan allows',
    ],
    [
      'a token that may only read',
      { status: 400, body: `{"error":"NOPERM this user has no permissions to run the 'evalsha' command"}` },
      'NOPERM',
    ],
  ])('with %s rejects every call, and the app is told why', async (_name, trouble, reason) => {
    proxy.trouble = trouble;
    const store = redisStore(upstashAt(proxy.url));
    for (const failure of await failuresOf(store)) expect(failure).toBeInstanceOf(Error);
    for (const { message } of await errorsOfApp(store)) expect(message).toContain(reason);
  });

  it('that is down rejects every call, and works again once it is back', async () => {
    const { url } = proxy;
    const port = Number(new URL(url).port);
    const store = redisStore(upstashAt(url));
    await proxy.stop();
    for (const failure of await failuresOf(store)) expect(failure).toBeInstanceOf(Error);
    await expect(createSessions({ store }).check()).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringContaining(`the connection to 127.0.0.1:${port} was refused`),
    });
    proxy = await RestProxy.start(server, undefined, port);
    expect(await store.compareAndSet('absent', null, makeRecord(1))).toBe(true);
  });

  it('that hangs rejects every call within commandTimeout, and the app is told so', async () => {
    proxy.trouble = 'hang';
    const store = redisStore(upstashAt(proxy.url), { commandTimeout: SOON });
    for (const failure of await failuresOf(store)) expect(failure).toMatchObject({ code: 'ETIMEDOUT' });
    for (const { message } of await errorsOfApp(store)) expect(message).toContain('did not respond within');
  });

  it('that hangs keeps no request open longer than the signal of the client allows', async () => {
    proxy.trouble = 'hang';
    const store = redisStore(upstashAt(proxy.url, { signal: () => AbortSignal.timeout(SOON) }));
    for (const failure of await failuresOf(store)) expect(String(failure)).toContain('signal of the client');
    for (const { message } of await errorsOfApp(store))
      expect(message).toContain('signal of the client ended the request');
  });

  it('that loses a response after a write applies the update once, and resolves', async () => {
    const sessions = createSessions<{ count: number }>({
      store: redisStore(upstashAt(proxy.url)),
      initial: () => ({ count: 0 }),
    });
    const visitor = new Visitor(sessions);
    await visitor.request((session) => session.update({ count: 10 }));
    await visitor.request((session) => {
      proxy.losesNextResponse = true;
      return session.update((data) => {
        data.count += 1;
      });
    });
    expect(await visitor.request((session) => session.data.count)).toBe(11);
  });
});

describe('a mistake in the client', () => {
  it.each([undefined, 'stopped', null])(
    'an aborted signal, whose reason %j the client returns as a reply, is ERR_CONFIG and no absent session',
    async (reason) => {
      const signal = AbortSignal.abort(reason);
      const store = redisStore(upstashAt(proxy.url, { signal }));
      for (const failure of await failuresOf(store)) {
        expect(failure).toMatchObject({
          code: 'ERR_CONFIG',
          message: expect.stringContaining('signal: () => AbortSignal.timeout(2000)'),
        });
      }
    },
  );

  it('a password in the URL is ERR_CONFIG, and is not shown', async () => {
    const store = redisStore(upstashAt(proxy.url.replace('//', '//user:pass-word@')));
    for (const failure of await failuresOf(store)) {
      expect(failure).toMatchObject({ code: 'ERR_CONFIG' });
      expect(`${failure} ${JSON.stringify(failure)}`).not.toContain('pass-word');
    }
  });

  it('waitForReplicas is ERR_CONFIG, since there is no connection to wait on', () => {
    const options = { waitForReplicas: { replicas: 1, timeout: 100 } };
    expect(() => Reflect.apply(redisStore, undefined, [upstashAt(proxy.url), options])).toThrow(
      'waitForReplicas must be left out with a client of @upstash/redis',
    );
  });
});

describe('over HTTP', () => {
  it('sends one request for each call, apart from those of an app that shares the client', async () => {
    const client = upstashAt(proxy.url);
    const store = redisStore(client);
    await store.compareAndSet('warm', null, makeRecord(1));
    await store.read('warm');
    proxy.requests.length = 0;
    await Promise.all([
      client.set('of the app', 1),
      store.read('warm'),
      client.get('of the app'),
      store.compareAndSet('warm', 1, makeRecord(2)),
    ]);
    expect(proxy.requests.filter((names) => names.includes('evalsha'))).toEqual([['evalsha'], ['evalsha']]);
  });

  it('reads and clears on the primary, even if commands that only read go to a replica that lags behind', async () => {
    const replica = await TestServer.start();
    const split = await RestProxy.start(server, replica);
    try {
      const client = upstashAt(split.url);
      const store = redisStore(client);
      await client.set('coatcheck:seen', '1');
      expect(await client.get('coatcheck:seen')).toBeNull();
      await store.compareAndSet('key', null, makeRecord(1));
      expect(await store.read('key')).toEqual(makeRecord(1));
      await store.clear();
      expect(await server.send('dbsize')).toBe(0);
    } finally {
      await split.stop();
      await replica.stop();
    }
  });

  it('clears thousands of records, of a prefix that looks like JSON too, and nothing of another prefix', async () => {
    const store = redisStore(upstashAt(proxy.url), { prefix: '{"*":' });
    const fill = `for i = 1, 3000 do redis.call('SET', '{"*":' .. i .. '}', '') end redis.call('SET', '{"*":eu:1', '') redis.call('SET', '{"a":1', '')`;
    await server.send('eval', fill, 0);
    await store.clear();
    expect(await server.send('dbsize')).toBe(2);
  });

  it.each([
    {},
    { automaticDeserialization: false },
    { responseEncoding: false },
    { enableAutoPipelining: false, readYourWrites: false },
  ] as const)(
    'returns every record unchanged to a client with %j, and compares and clears',
    async (options) => {
      const store = redisStore(upstashAt(proxy.url, options));
      const bodies = ['', '{"a":[1,null]}', '7', 'true', '\0 \0', 'é€😀\uFEFF', '"', 'x'.repeat(70_000)];
      for (const [at, body] of bodies.entries()) {
        const record = makeRecord(1, body);
        expect(await store.compareAndSet(`key-${at}`, null, record)).toBe(true);
        expect(await store.compareAndSet(`key-${at}`, 2, makeRecord(3))).toBe(false);
        expect(await store.read(`key-${at}`)).toEqual(record);
      }
      expect(await store.read('absent')).toBeUndefined();
      expect(Math.abs((await store.now()) - Date.now())).toBeLessThan(60_000);
      await store.clear();
      expect(await server.send('dbsize')).toBe(0);
    },
  );

  it('does not take a value that something else wrote for a record', async () => {
    const store = redisStore(upstashAt(proxy.url));
    for (const value of ['{"a":1}', '7', '["1 2\\n"]']) {
      await server.send('set', 'coatcheck:foreign', value);
      await expect(store.read('foreign')).rejects.toThrow('did not write');
    }
  });
});
