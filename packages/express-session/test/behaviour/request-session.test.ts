import { once } from 'node:events';
import { request, Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { SessionError, type SessionStore } from '@coatcheck/core';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import { describe, expect, it } from 'vitest';
import { MemoryStore, type SessionOptions } from '../../src/index.ts';
import { makeSession, serve } from '../support/serve.ts';

type Handler = (req: Request, res: Response) => unknown;

/** Serves handlers by their paths. The response to a failure is its code. */
async function app(handlers: Record<string, Handler>, options?: SessionOptions) {
  const middleware = makeSession(options);
  const server = express().use(middleware);
  for (const [path, handler] of Object.entries(handlers)) server.all(path, handler);
  const onError: ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(500).send(error instanceof SessionError ? error.code : String(error));
  };
  const { client, url } = await serve(server.use(onError));
  return { client, url, sessions: middleware.sessions };
}

const set = (req: Request, values: object): void => {
  Object.assign(req.session, values);
};
const show: Handler = (req, res) => {
  const { cookie: _cookie, ...data } = req.session;
  res.json(data);
};

const start: Handler = (req, res) => {
  set(req, { a: 1 });
  res.end();
};

/** A store whose writes fail before they happen while it is told so. */
function fragile(): SessionStore & { isDown: boolean } {
  const records = new MemoryStore();
  return {
    isDown: false,
    read: (key) => records.read(key),
    compareAndSet(key, expected, next) {
      if (this.isDown) throw new Error('The disk is full.');
      return records.compareAndSet(key, expected, next);
    },
  };
}

describe.each(['destroy', 'regenerate'] as const)('%s, if the store fails,', (method) => {
  it.each(['at once', 'later'])(
    'reaches the error handler if the app responds %s and did not ask',
    async (when) => {
      const store = fragile();
      const { client } = await app(
        {
          '/start': start,
          '/end': (req, res) => {
            req.session[method]();
            if (when === 'at once') res.send('ended');
            else setImmediate(() => res.send('ended'));
          },
          '/': show,
        },
        { store },
      );
      const browser = client();
      await browser.get('/start');
      store.isDown = true;
      expect(await browser.get('/end')).toBe('ERR_STORE_UNAVAILABLE');
      store.isDown = false;
      expect(await browser.get('/')).toBe('{"a":1}');
    },
  );

  it('is left to the app that asked, by a callback or by await', async () => {
    const store = fragile();
    const { client } = await app(
      {
        '/start': start,
        '/callback': (req, res) => {
          req.session[method]((error) => res.send(`heard ${error?.code}`));
        },
        '/await': async (req, res) => {
          await Promise.resolve(req.session[method]()).catch((error) => res.send(`heard ${error.code}`));
        },
      },
      { store },
    );
    const browser = client();
    await browser.get('/start');
    store.isDown = true;
    expect(await browser.get('/callback')).toBe('heard ERR_STORE_UNAVAILABLE');
    expect(await browser.get('/await')).toBe('heard ERR_STORE_UNAVAILABLE');
  });
});

describe('regenerate', () => {
  it('kills the earlier token, changes the ID and empties the data', async () => {
    const { client } = await app({
      '/start': (req, res) => {
        set(req, { a: 1 });
        res.send(req.sessionID);
      },
      '/regenerate': async (req, res) => {
        const before = req.session;
        await req.session.regenerate();
        set(req, { b: 2 });
        res.json([before === req.session, req.sessionID]);
      },
      '/': show,
    });
    const browser = client();
    const id = await browser.get('/start');
    const old = browser.copy();
    const [isSame, newId] = JSON.parse(await browser.get('/regenerate'));
    expect(isSame).toBe(false);
    expect(newId).not.toBe(id);
    expect(await browser.get('/')).toBe('{"b":2}');
    expect(await old.get('/')).toBe('{}');
  });

  it('refuses a save through the session object from before it', async () => {
    const { client } = await app({
      '/': async (req, res) => {
        const before = req.session;
        await req.session.regenerate();
        before.save((error) => res.send(error?.code));
      },
    });
    expect(await client().get('/')).toBe('ERR_SESSION_ENDED');
  });
});

describe('destroy', () => {
  it('ends the session, clears the cookie, and leaves no req.session', async () => {
    const { client, sessions } = await app({
      '/start': (req, res) => {
        set(req, { a: 1 });
        res.send(req.sessionID);
      },
      '/end': (req, res) => {
        req.session.destroy(() => res.send(String(req.session)));
      },
    });
    const browser = client();
    const id = await browser.get('/start');
    expect(await browser.get('/end')).toBe('undefined');
    expect(browser.cookies.size).toBe(0);
    expect(await sessions.inspect(id)).toBeUndefined();
  });

  it.each(['null', 'delete'])('happens at the end with unset: destroy, for %s', async (how) => {
    const { client, sessions } = await app(
      {
        '/start': (req, res) => {
          set(req, { a: 1 });
          res.send(req.sessionID);
        },
        '/end': (req, res) => {
          if (how === 'null') Reflect.set(req, 'session', null);
          else Reflect.deleteProperty(req, 'session');
          res.end();
        },
      },
      { unset: 'destroy' },
    );
    const browser = client();
    const id = await browser.get('/start');
    await browser.get('/end');
    expect(await sessions.inspect(id)).toBeUndefined();
  });
});

describe('save', () => {
  it('creates a session with the ID that req.sessionID returned before', async () => {
    const { client, sessions } = await app({
      '/': async (req, res) => {
        const id = req.sessionID;
        set(req, { a: 1 });
        await req.session.save();
        res.json([id, req.sessionID, req.session.id]);
      },
    });
    const ids: string[] = JSON.parse(await client().get('/'));
    expect(new Set(ids).size).toBe(1);
    expect((await sessions.inspect(ids[0] ?? ''))?.data).toEqual({ a: 1 });
  });

  it('reports a value that JSON cannot hold, with its path', async () => {
    const { client } = await app({
      '/': (req, res) => {
        set(req, { cart: [{ size: 1n }] });
        req.session.save((error) => {
          set(req, { cart: [] });
          res.send(error.message);
        });
      },
    });
    expect(await client().get('/')).toContain('req.session.cart[0].size');
  });

  /** A store whose first write of a session fails before it happens. */
  function failingOnce(): SessionStore {
    const records = new MemoryStore();
    let failures = 3;
    return {
      read: (key) => records.read(key),
      compareAndSet: (key, expected, next) => {
        failures -= 1;
        if (failures >= 0) throw new Error('The disk is full.');
        return records.compareAndSet(key, expected, next);
      },
    };
  }

  it('is not repeated at the end if the app heard that it failed', async () => {
    const { client } = await app(
      {
        '/callback': (req, res) => {
          set(req, { a: 1 });
          req.session.save((error) => res.send(error?.code));
        },
        '/await': async (req, res) => {
          set(req, { a: 1 });
          try {
            await req.session.save();
          } catch (error) {
            res.send(error instanceof SessionError ? error.code : '');
          }
        },
        '/': show,
      },
      { store: failingOnce() },
    );
    const browser = client();
    expect(await browser.get('/callback')).toBe('ERR_STORE_UNAVAILABLE');
    expect(browser.cookies.size).toBe(0);
  });

  it('is retried at the end if its failure was not handled', async () => {
    const { client } = await app(
      {
        '/forgotten': (req, res) => {
          set(req, { a: 1 });
          req.session.save();
          setTimeout(() => res.send('sent'), 5);
        },
        '/': show,
      },
      { store: failingOnce() },
    );
    const browser = client();
    expect(await browser.get('/forgotten')).toBe('sent');
    expect(await browser.get('/')).toBe('{"a":1}');
  });
});

describe('reload', () => {
  it('shows what other requests have written, and drops what was not saved', async () => {
    const { client, sessions } = await app({
      '/start': (req, res) => {
        set(req, { a: 1 });
        res.send(req.sessionID);
      },
      '/reload': async (req, res) => {
        set(req, { unsaved: true });
        await browser.copy().get('/other');
        await req.session.reload();
        show(req, res);
      },
      '/other': (req, res) => {
        set(req, { b: 2 });
        res.end();
      },
    });
    const browser = client();
    const id = await browser.get('/start');
    expect(JSON.parse(await browser.get('/reload'))).toEqual({ a: 1, b: 2 });
    expect((await sessions.inspect(id))?.data).toEqual({ a: 1, b: 2 });
  });
});

describe('the user in the data', () => {
  it('is signed in when it appears and out when it disappears, while the other data stays', async () => {
    const { client, sessions } = await app(
      {
        '/in': (req, res) => {
          set(req, { account: 'ada', theme: 'dark' });
          res.send(req.sessionID);
        },
        '/out': (req, res) => {
          set(req, { account: undefined, notice: 'bye' });
          res.end();
        },
        '/': show,
      },
      { userId: ({ account }) => (typeof account === 'string' ? account : undefined) },
    );
    const browser = client();
    await browser.get('/in');
    expect(await sessions.list('ada')).toHaveLength(1);
    const old = browser.copy();
    await browser.get('/out');
    expect(await sessions.list('ada')).toEqual([]);
    expect(JSON.parse(await browser.get('/'))).toEqual({ theme: 'dark', notice: 'bye' });
    expect(await old.get('/')).toBe('{}');
  });
});

describe('the cookie', () => {
  it('is sent with each response if rolling is set, and keeps its token', async () => {
    const { client } = await app(
      {
        '/start': (req, res) => {
          set(req, { a: 1 });
          res.end();
        },
        '/': show,
      },
      { rolling: true, cookie: { maxAge: 3_600_000 } },
    );
    const browser = client();
    await browser.get('/start');
    const token = browser.cookies.get('connect.sid');
    const response = await browser.send('GET', '/');
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/Expires=.*Secure/)]);
    expect(browser.cookies.get('connect.sid')).toBe(token);
  });

  it('keeps the attributes that a session set for itself', async () => {
    const { client } = await app(
      {
        '/start': (req, res) => {
          set(req, { a: 1 });
          req.session.cookie.maxAge = 3_600_000;
          res.end();
        },
        '/': (req, res) => res.json(req.session.cookie.originalMaxAge),
      },
      {},
    );
    const browser = client();
    await browser.get('/start');
    expect(await browser.get('/')).toBe('3600000');
  });

  it.each(['expires', 'maxAge'])(
    'lasts until the browser closes if %s is false, null or undefined',
    async (name) => {
      for (const value of [false, null, undefined]) {
        const handlers: Record<string, Handler> = {
          '/session': (req, res) => {
            set(req, { a: 1 });
            Reflect.set(req.session.cookie, name, value);
            res.json([req.session.cookie.expires, req.session.cookie.maxAge]);
          },
          '/option': (req, res) => {
            set(req, { a: 1 });
            res.json([req.session.cookie.expires, req.session.cookie.maxAge]);
          },
        };
        const apps = {
          '/session': await app(handlers, { cookie: { maxAge: 60_000 } }),
          '/option': await app(handlers, { cookie: Object.fromEntries([[name, value]]) }),
        };
        for (const [path, { client }] of Object.entries(apps)) {
          const response = await client().send('GET', path);
          expect(await response.json()).toEqual([null, null]);
          expect(response.headers.getSetCookie()).toEqual([expect.not.stringContaining('Expires')]);
        }
      }
    },
  );

  it('may be a copy, by JSON or by a clone of the object', async () => {
    const copies: readonly ((cookie: object) => object)[] = [
      (cookie) => JSON.parse(JSON.stringify(cookie)),
      (cookie) => Object.assign(Object.create(Object.getPrototypeOf(cookie)), cookie),
      (cookie) => ({ ...cookie }),
    ];
    for (const copy of copies) {
      const { client } = await app(
        {
          '/start': async (req, res) => {
            const cookie = copy(req.session.cookie);
            await req.session.regenerate();
            set(req, { a: 1, cookie });
            res.end();
          },
          '/': (req, res) => res.json(req.session.cookie.originalMaxAge),
        },
        { cookie: { maxAge: 3_600_000 } },
      );
      const browser = client();
      const response = await browser.send('GET', '/start');
      expect(response.headers.getSetCookie()).toEqual([expect.stringContaining('Expires')]);
      expect(await browser.get('/')).toBe('3600000');
    }
  });

  it('is Secure, HttpOnly and SameSite=Lax by default', async () => {
    const { client } = await app({
      '/': (req, res) => {
        set(req, { a: 1 });
        res.end();
      },
    });
    const [line] = (await client().send('GET', '/')).headers.getSetCookie();
    expect(line).toMatch(/^connect\.sid=s%3A[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  });

  it('with a wrong signature opens nothing', async () => {
    const { client } = await app({
      '/start': (req, res) => {
        set(req, { a: 1 });
        res.end();
      },
      '/': show,
    });
    const browser = client();
    await browser.get('/start');
    const value = browser.cookies.get('connect.sid') ?? '';
    browser.cookies.set('connect.sid', `${value.slice(0, -8)}AAAAAAAA`);
    expect(await browser.get('/')).toBe('{}');
  });
});

describe('req.sessionStore', () => {
  it('reads and ends a session by its ID', async () => {
    const { client } = await app({
      '/start': (req, res) => {
        set(req, { a: 1 });
        res.send(req.sessionID);
      },
      '/get/:id': (req, res) => {
        req.sessionStore.get(String(req.params['id']), (error, found) => res.json([error, found?.a ?? null]));
      },
      '/destroy/:id': (req, res) => {
        req.sessionStore.destroy(String(req.params['id']), () => res.end());
      },
      '/': show,
    });
    const browser = client();
    const id = await browser.get('/start');
    const admin = client();
    expect(await admin.get(`/get/${id}`)).toBe('[null,1]');
    await admin.get(`/destroy/${id}`);
    expect(await admin.get(`/get/${id}`)).toBe('[null,null]');
    expect(await browser.get('/')).toBe('{}');
  });

  it.each(['with', 'without'])('generates an empty session of another ID, %s data', async (how) => {
    const { client, sessions } = await app({
      '/start': (req, res) => {
        set(req, { a: 1 });
        res.send(req.sessionID);
      },
      '/generate': (req, res) => {
        const before = req.session;
        req.sessionStore.generate(req);
        if (how === 'with') set(req, { b: 2 });
        res.json([before.id, req.sessionID]);
      },
      '/': show,
    });
    const browser = client();
    const id = await browser.get('/start');
    const old = browser.copy();
    const [before, after] = JSON.parse(await browser.get('/generate'));
    expect(before).toBe(id);
    expect(after).not.toBe(id);
    expect(await sessions.inspect(id)).toBeUndefined();
    expect(browser.cookies.size).toBe(how === 'with' ? 1 : 0);
    expect(await browser.get('/')).toBe(how === 'with' ? '{"b":2}' : '{}');
    expect(await old.get('/')).toBe('{}');
  });
});

describe('req.session', () => {
  it('looks like a plain object of the data and the cookie to for…in and Object.keys', async () => {
    const { client } = await app({
      '/': (req, res) => {
        set(req, { a: 1 });
        const keys: string[] = [];
        for (const key in req.session) keys.push(key);
        const { save } = Object.getPrototypeOf(req.session);
        res.json([keys.sort(), Object.keys(req.session).sort(), save.length]);
      },
    });
    expect(JSON.parse(await client().get('/'))).toEqual([['a', 'cookie'], ['a', 'cookie'], 1]);
  });

  it('cannot be replaced by another object', async () => {
    const { client } = await app({
      '/': (req, res) => {
        Reflect.set(req, 'session', { a: 1 });
        res.end();
      },
    });
    expect(await client().get('/')).toContain('req.session can be set to null or undefined only');
  });

  it('is on a request whose target is in absolute form, within the path of the cookie', async () => {
    const { client, url } = await app(
      { '/shop': (req, res) => res.json(req.session !== undefined) },
      { cookie: { path: '/shop' } },
    );
    expect(await client().get('/shop')).toBe('true');
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, path: 'http://shop.example/shop?a=1', agent: false }).end();
    const [response] = await once(sent, 'response');
    expect(await text(response)).toBe('true');
  });

  it.each(['/end', '/save'])('keeps an empty object of a new visitor, stored by %s', async (path) => {
    const { client } = await app({
      '/end': (req, res) => {
        set(req, { cart: {} });
        res.end();
      },
      '/save': async (req, res) => {
        set(req, { cart: {} });
        await req.session.save();
        res.end();
      },
      '/': show,
    });
    const browser = client();
    await browser.get(path);
    expect(await browser.get('/')).toBe('{"cart":{}}');
  });

  it('costs no store call and sets no cookie if a request without a session leaves it alone', async () => {
    let calls = 0;
    const store: SessionStore = {
      read: () => {
        calls += 1;
        return undefined;
      },
      compareAndSet: () => {
        calls += 1;
        return true;
      },
    };
    const { client } = await app({ '/': (_req, res) => res.send('ok') }, { store });
    const browser = client();
    expect(await browser.get('/')).toBe('ok');
    expect(browser.cookies.size + calls).toBe(0);
  });

  it('is loaded, without issuing a token, for an upgrade whose response is not a ServerResponse', async () => {
    const middleware = makeSession({ saveUninitialized: true });
    const seen = await new Promise((resolve, reject) => {
      const server = new Server();
      const req = Object.assign(new (class extends Object {})(), {
        method: 'GET',
        url: '/engine.io/',
        headers: { upgrade: 'websocket', host: 'localhost' },
        socket: {},
      });
      const res = { setHeader: () => reject(new Error('A header was set.')), writeHead: () => {} };
      middleware(req, res, (error) =>
        error ? reject(error) : resolve(Object.keys(Reflect.get(req, 'session'))),
      );
      server.close();
    });
    expect(seen).toEqual(['cookie']);
  });
});
