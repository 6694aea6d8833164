import { createSessions, type RequestView, type Session, type Sessions } from '@coatcheck/core';
import { TOKEN } from '@coatcheck/runtimes/faulty-server';
import { createClient as createFileClient } from '@libsql/client/sqlite3';
import { createClient as createWebClient } from '@libsql/client/web';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteStore } from '../src/index.ts';
import { type LibsqlStore, libsqlStore } from '../src/libsql/index.ts';
import { makeDirectory } from './support/directory.ts';
import { HranaServer } from './support/hrana-server.ts';
import { libsqlAt } from './support/libsql.ts';

const SOON = 100;
const RECORD = { version: 1, expiresAt: Date.now() + 3_600_000, body: 'body' };

const directory = makeDirectory();
afterAll(() => directory.remove());
const newFile = (): string => `file:${directory.path()}`;

/** Makes every call of a store, and returns the errors, including those of calls that would return undefined or false. */
async function failuresOf(store: LibsqlStore): Promise<readonly unknown[]> {
  const calls = [
    store.read('key'),
    store.compareAndSet('key', null, RECORD),
    store.compareAndSet('key', 7, { ...RECORD, version: 8 }),
    store.compareAndSet('key', 7, null),
    store.sweep(Date.now(), 10),
    store.clear(),
  ];
  const outcomes = await Promise.allSettled(calls);
  return outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : outcome.value));
}

/** Makes one request with a session, and returns the cookie. */
async function request<R>(
  sessions: Sessions<{ count: number }>,
  use: (session: Session<{ count: number }>) => R,
  cookie?: string,
): Promise<{ cookie: string | undefined; result: Awaited<R> }> {
  const view: RequestView = {
    method: 'POST',
    host: 'shop.example',
    ip: undefined,
    header: (name) => (name === 'cookie' ? cookie : undefined),
    query: () => undefined,
    form: () => undefined,
  };
  const visit = sessions.open(view);
  const result = await use(await visit.session.load());
  const set = visit.seal().find(([name]) => name === 'set-cookie')?.[1];
  return { cookie: set?.split(';')[0] ?? cookie, result };
}

function sessionsIn(store: LibsqlStore): Sessions<{ count: number }> {
  return createSessions({ store, initial: () => ({ count: 0 }) });
}

describe('a server over HTTP', () => {
  let path: string;
  let server: HranaServer;
  beforeEach(async () => {
    path = directory.path();
    server = await HranaServer.start(path);
  });
  afterEach(() => server.stop());

  it.each([
    ['an error page', { status: 502, body: '<h1>Bad gateway</h1>' }, 'responded with status 502'],
    ['a refused token', { status: 401, body: 'Unauthorized: a secret' }, 'refuses the token'],
    ['a response of another protocol', { status: 200, body: '{"a":"secret"}' }, 'not of its protocol'],
    ['a response that is not JSON', { status: 200, body: 'a secret' }, 'not of its protocol'],
  ])('in trouble, with %s, rejects every call, and the app is told why', async (_name, trouble, reason) => {
    const { cookie } = await request(sessionsIn(libsqlStore(libsqlAt(server.url))), (session) =>
      session.update({ count: 1 }),
    );
    server.trouble = trouble;
    const store = libsqlStore(libsqlAt(server.url));
    for (const failure of await failuresOf(store)) expect(failure).toBeInstanceOf(Error);
    for (const use of [
      request(sessionsIn(store), (session) => session.data.count, cookie),
      request(sessionsIn(store), (session) => session.update({ count: 1 })),
    ]) {
      const error = await use.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({
        code: 'ERR_STORE_UNAVAILABLE',
        message: expect.stringContaining(reason),
      });
      const shown = error instanceof Error ? `${error.message} ${error.stack} ${String(error.cause)}` : '';
      for (const secret of [TOKEN, 'secret', 'count', 'INSERT', cookie]) expect(shown).not.toContain(secret);
    }
  });

  it('that is down rejects every call, and works again once it is back', async () => {
    const port = Number(new URL(server.url).port);
    const store = libsqlStore(libsqlAt(server.url));
    await server.stop();
    for (const failure of await failuresOf(store)) expect(failure).toBeInstanceOf(Error);
    await expect(createSessions({ store }).check()).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringContaining(`the connection to 127.0.0.1:${port} was refused`),
    });
    server = await HranaServer.start(path, port);
    expect(await store.compareAndSet('key', null, RECORD)).toBe(true);
  });

  it('that hangs rejects every call within queryTimeout, and the app is told so', async () => {
    server.trouble = 'hang';
    const store = libsqlStore(libsqlAt(server.url), { queryTimeout: SOON });
    for (const failure of await failuresOf(store)) expect(String(failure)).toContain('within 100 ms');
    await expect(createSessions({ store }).check()).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringContaining('did not respond within 100 ms'),
    });
  });

  it('that hung works again at once, if the client ends its requests in time', async () => {
    const client = createWebClient({
      url: server.url,
      authToken: TOKEN,
      concurrency: 1,
      fetch: (sent: Request) => fetch(sent, { signal: AbortSignal.timeout(SOON) }),
    });
    const store = libsqlStore(client);
    server.trouble = 'hang';
    await expect(store.read('key')).rejects.toThrow('signal of the client');
    server.trouble = undefined;
    expect(await store.compareAndSet('key', null, RECORD)).toBe(true);
  });

  it('that loses a response after a write applies the update once, and resolves', async () => {
    const sessions = sessionsIn(libsqlStore(libsqlAt(server.url)));
    const { cookie } = await request(sessions, (session) => session.update({ count: 10 }));
    const increment = (session: Session<{ count: number }>): Promise<unknown> => {
      server.losesNextResponse = true;
      return session.update((data) => {
        data.count += 1;
      });
    };
    await request(sessions, increment, cookie);
    expect((await request(sessions, (session) => session.data.count, cookie)).result).toBe(11);
  });

  it('gets one request for each read and each write that wins', async () => {
    const store = libsqlStore(libsqlAt(server.url));
    await store.compareAndSet('key', null, RECORD);
    server.requests = 0;
    await store.read('key');
    await store.compareAndSet('key', 1, { ...RECORD, version: 2 });
    expect(server.requests).toBe(2);
  });

  it.each(['number', 'bigint', 'string'] as const)(
    'returns the same records to a client that reads integers as %s',
    async (intMode) => {
      const store = libsqlStore(createWebClient({ url: server.url, authToken: TOKEN, intMode }));
      await store.compareAndSet('key', null, RECORD);
      expect(await store.read('key')).toEqual(RECORD);
    },
  );
});

describe('a file', () => {
  it('has the table that sqliteStore uses', async () => {
    const url = newFile();
    await libsqlStore(libsqlAt(url)).compareAndSet('key', null, RECORD);
    const other = sqliteStore(url.slice('file:'.length));
    expect(other.read('key')).toEqual(RECORD);
    expect(other.compareAndSet('key', 1, null)).toBe(true);
    other.close();
    expect(await libsqlStore(libsqlAt(url)).read('key')).toBeUndefined();
  });

  it('waits for a transaction of the app to end, without blocking it', async () => {
    const client = createFileClient({ url: newFile() });
    const store = libsqlStore(client);
    await store.compareAndSet('key', null, RECORD);
    const transaction = await client.transaction('write');
    const writing = store.compareAndSet('key', 1, { ...RECORD, version: 2 });
    await transaction.execute('CREATE TABLE orders (id INTEGER)');
    await transaction.commit();
    expect(await writing).toBe(true);
  });

  it('that stays locked rejects writes after queryTimeout, and still reads', async () => {
    const client = createFileClient({ url: newFile() });
    const store = libsqlStore(client, { queryTimeout: SOON });
    await libsqlStore(client).compareAndSet('key', null, RECORD);
    const transaction = await client.transaction('write');
    await expect(store.compareAndSet('key', 1, null)).rejects.toThrow('locked');
    expect(await store.read('key')).toEqual(RECORD);
    await transaction.rollback();
  });

  it('is created once, however many calls find no table', async () => {
    const store = libsqlStore(libsqlAt(newFile()));
    const created = Array.from({ length: 20 }, (_, at) => store.compareAndSet(`key-${at}`, null, RECORD));
    expect(await Promise.all(created)).toEqual(created.map(() => true));
  });

  it('with a table of that name that something else created is ERR_CONFIG', async () => {
    const client = libsqlAt(newFile());
    await client.execute('CREATE TABLE coatcheck_sessions (key TEXT)');
    for (const failure of (await failuresOf(libsqlStore(client))).slice(0, 5)) {
      expect(failure).toMatchObject({ code: 'ERR_CONFIG', message: expect.stringContaining('another name') });
    }
  });
});

describe('an invalid argument of libsqlStore', () => {
  it.each([
    [null, {}, 'The first argument of libsqlStore must be a client of @libsql/client; received null.'],
    [{ execute: () => {} }, {}, 'received an object.'],
    [libsqlAt('file::memory:'), { table: 'a b' }, 'table must be at most 60 letters'],
    [libsqlAt('file::memory:'), { queryTimeout: 0 }, 'queryTimeout must be a whole number of milliseconds'],
    [libsqlAt('file::memory:'), { busyTimeout: 5 }, 'must be one of table, queryTimeout; received'],
    [libsqlAt('file::memory:'), null, 'The second argument of libsqlStore must be'],
  ])('is ERR_CONFIG: %#', (client, options, message) => {
    const call = () => Reflect.apply(libsqlStore, undefined, [client, options]);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }));
  });
});
