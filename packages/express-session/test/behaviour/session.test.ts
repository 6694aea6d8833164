import compression from 'compression';
import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { COMBINATIONS } from '../support/combinations.ts';
import { makeSession, serve } from '../support/serve.ts';

/** The data of these tests; the types of an app would come from SessionData. */
interface Data {
  cart?: string[];
  views?: Record<string, number>;
  name?: string;
}
const dataOf = (req: Request): Data => req.session as Data;

/** Two halves of a request that waits until a test lets it go on. */
function gate(): { open(): void; readonly passed: Promise<void> } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), passed };
}

describe.each(COMBINATIONS)('session() on $name', ({ makeApp, makeStore }) => {
  it('saves what a handler assigns, before the response begins', async () => {
    const app = makeApp();
    app.use(makeSession({ store: makeStore() }));
    app.post('/', (req, res) => {
      dataOf(req).name = 'Ada';
      res.redirect(303, '/');
    });
    app.get('/', (req, res) => res.send(dataOf(req).name ?? 'nobody'));
    const client = (await serve(app)).client();
    expect(await client.get('/')).toBe('nobody');
    expect(client.cookies.size).toBe(0);
    expect(await client.post('/')).toMatchObject({ status: 303 });
    expect(await client.get('/')).toBe('Ada');
  });

  it('keeps all of 50 concurrent pushes', async () => {
    const app = makeApp();
    app.use(makeSession({ store: makeStore() }));
    const arrived = gate();
    let waiting = 0;
    app.post('/start', (req, res) => {
      dataOf(req).cart = [];
      dataOf(req).name = 'x';
      res.end();
    });
    app.post('/push/:item', async (req, res) => {
      waiting += 1;
      if (waiting === 50) arrived.open();
      await arrived.passed;
      dataOf(req).cart?.push(req.params.item);
      res.end();
    });
    app.get('/', (req, res) => res.json(dataOf(req).cart));
    const client = (await serve(app)).client();
    await client.post('/start');
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.post(`/push/${i}`)));
    const cart: string[] = JSON.parse(await client.get('/'));
    expect(cart.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('keeps all of 50 concurrent changes of different keys', async () => {
    const app = makeApp();
    app.use(makeSession({ store: makeStore() }));
    const arrived = gate();
    let waiting = 0;
    app.post('/set/:key', async (req, res) => {
      waiting += 1;
      if (waiting === 51) arrived.open();
      if (req.params.key !== 'first') await arrived.passed;
      const data = dataOf(req);
      data.views ??= {};
      data.views[req.params.key] = 1;
      res.end();
    });
    app.get('/', (req, res) => res.json(dataOf(req).views));
    const client = (await serve(app)).client();
    await client.post('/set/first');
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.post(`/set/key${i}`)));
    expect(Object.keys(JSON.parse(await client.get('/')))).toHaveLength(51);
  });

  it('never revives a session that ended while a slow request ran', async () => {
    const app = makeApp();
    const middleware = makeSession({ store: makeStore() });
    app.use(middleware);
    const arrived = gate();
    const ended = gate();
    let id = '';
    app.post('/start', (req, res) => {
      dataOf(req).name = 'Ada';
      id = req.sessionID;
      res.end();
    });
    app.post('/slow', async (req, res) => {
      arrived.open();
      await ended.passed;
      dataOf(req).name = 'revived';
      res.end('saved');
    });
    app.post('/sign-out', async (req, res) => {
      await req.session.destroy();
      res.end();
    });
    app.get('/', (req, res) => res.send(dataOf(req).name ?? 'nobody'));
    app.use((error: { status?: number }, _req: Request, res: Response, _next: unknown) => {
      res.status(error.status ?? 500).send('failed');
    });
    const client = (await serve(app)).client();
    await client.post('/start');
    const tab = client.copy();
    const slow = tab.post('/slow');
    await arrived.passed;
    await client.post('/sign-out');
    ended.open();
    expect(await slow).toMatchObject({ status: 409, text: 'failed' });
    expect(await middleware.sessions.inspect(id)).toBeUndefined();
    expect(await tab.get('/')).toBe('nobody');
  });

  it.each(['send', 'write', 'writeHead', 'flushHeaders', 'pipe'])(
    'saves before the first byte of a response made by %s',
    async (how) => {
      const app = makeApp();
      const middleware = makeSession({ store: makeStore() });
      app.use(middleware);
      let id = '';
      app.post('/:how', async (req, res) => {
        dataOf(req).name = 'Ada';
        id = req.sessionID;
        switch (req.params.how) {
          case 'send':
            res.send('ok');
            return;
          case 'write':
            if (!res.write('o')) await new Promise((resolve) => res.once('drain', resolve));
            res.end('k');
            return;
          case 'writeHead':
            res.writeHead(200, { 'set-cookie': 'own=1', 'content-type': 'text/plain' });
            res.end('ok');
            return;
          case 'flushHeaders':
            res.flushHeaders();
            res.end('ok');
            return;
          case 'pipe': {
            const { Readable } = await import('node:stream');
            Readable.from(['o', 'k']).pipe(res);
          }
        }
      });
      const client = (await serve(app)).client();
      const response = await client.send('POST', `/${how}`);
      // The headers have arrived, so the record is there.
      expect((await middleware.sessions.inspect(id))?.data).toEqual({ name: 'Ada' });
      expect(await response.text()).toBe('ok');
      expect(client.cookies.has('connect.sid')).toBe(true);
      expect(client.cookies.has('own')).toBe(how === 'writeHead');
    },
  );

  it.each(['before', 'after'])('works with compression mounted %s it', async (place) => {
    const app = makeApp();
    if (place === 'before') app.use(compression({ threshold: 0 }));
    app.use(makeSession({ store: makeStore() }));
    if (place === 'after') app.use(compression({ threshold: 0 }));
    const text = 'a line that can be compressed\n'.repeat(1000);
    app.get('/', (req, res) => {
      dataOf(req).name = 'Ada';
      res.type('text');
      res.write(text);
      res.end(text);
    });
    app.get('/name', (req, res) => res.send(dataOf(req).name));
    const client = (await serve(app)).client();
    const response = await client.send('GET', '/');
    expect(response.headers.get('content-encoding')).toMatch(/^(?:gzip|br)$/);
    expect(await response.text()).toBe(text + text);
    expect(await client.get('/name')).toBe('Ada');
  });

  it('passes a failed save to the error handler instead of sending the response', async () => {
    const app = makeApp();
    app.use(makeSession({ store: makeStore() }));
    app.use(compression({ threshold: 0 }));
    app.get('/', (req, res) => {
      Object.assign(req.session, { handler: () => {} });
      res.set('location', '/elsewhere').type('text').send('a'.repeat(5000));
    });
    app.use((error: Error, _req: Request, res: Response, _next: unknown) => {
      res.status(500).send(error.message);
    });
    const response = await (await serve(app)).client().send('GET', '/');
    expect(response.status).toBe(500);
    expect(response.headers.get('location')).toBeNull();
    expect(await response.text()).toContain('req.session.handler must be a value that JSON can hold');
  });

  it('saves what was changed after the first byte, before the response ends', async () => {
    const app = makeApp();
    app.use(makeSession({ store: makeStore() }));
    app.get('/', (req, res) => {
      dataOf(req).name = 'Ada';
      res.write('started ');
      setImmediate(() => {
        dataOf(req).name = 'Grace';
        res.end('done');
      });
    });
    app.get('/name', (req, res) => res.send(dataOf(req).name));
    const client = (await serve(app)).client();
    expect(await client.get('/')).toBe('started done');
    expect(await client.get('/name')).toBe('Grace');
  });
});
