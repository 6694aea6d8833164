import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { listen } from '@coatcheck/adapter-contract';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSessions, memoryStore, SessionError, type SessionStore, session } from './index.ts';

const require = createRequire(import.meta.url);
const VERSIONS: readonly (readonly [string, typeof express])[] = [
  ['Express 4.18', require('express418')],
  ['Express 4.22', require('express4')],
  ['Express 5', express],
];

interface CartSession {
  update(patch: { cart: string[] }): Promise<void>;
  destroy(): Promise<void>;
}
const sessionOf = (req: Request): CartSession => Reflect.get(req, 'session');
const write = (req: Request) => sessionOf(req).update({ cart: ['tea'] });

/** An app of one Express whose store can be broken, and what went wrong in it. */
function setUp(make: typeof express): {
  app: express.Express;
  errors: unknown[];
  breakStore(): void;
  ask(path: string, headers?: Record<string, string>): Promise<number>;
} {
  const store = memoryStore();
  let isBroken = false;
  const fragile: SessionStore = {
    read: (key) => store.read(key),
    compareAndSet: async (key, expected, next) => {
      if (isBroken) throw new Error('The store is down');
      return store.compareAndSet(key, expected, next);
    },
  };
  const sessions = createSessions<{ cart: string[] }>({ store: fragile, initial: () => ({ cart: [] }) });
  const app = make();
  app.use(session(sessions));
  const errors: unknown[] = [];
  const onError: ErrorRequestHandler = (error, _req, res, _next) => {
    errors.push(error);
    res.sendStatus(error instanceof SessionError ? error.status : 500);
  };
  return {
    app,
    errors,
    breakStore: () => {
      isBroken = true;
    },
    ask: async (path, headers = {}) => {
      app.use(onError);
      const served = await listen(createServer(app));
      const { status } = await fetch(served.url + path, { method: 'POST', headers });
      await new Promise((resolve) => setImmediate(resolve));
      await served.close();
      return status;
    },
  };
}

describe.for(VERSIONS)('%s', ([, make]) => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);

  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });

  afterEach(() => {
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('refuses a write from another site before the handler, which need not catch anything', async () => {
    const { app, ask, errors } = setUp(make);
    let hasRun = false;
    app.post('/', async (req, res) => {
      hasRun = true;
      await write(req);
      res.send('');
    });
    expect(await ask('/', { origin: 'https://evil.example' })).toBe(403);
    expect(hasRun).toBe(false);
    expect(errors).toMatchObject([{ code: 'ERR_CROSS_SITE' }]);
  });

  const failing: readonly (readonly [string, (app: express.Express) => void])[] = [
    ['a handler', (app) => app.post('/', async (req) => write(req))],
    ['a middleware', (app) => app.use(async (req: Request) => write(req))],
    [
      'a handler of a router',
      (app) => {
        const router = make.Router();
        router.post('/', async (req) => write(req));
        app.use('/', router);
      },
    ],
    [
      'a handler after another',
      (app) =>
        app.post(
          '/',
          (_req: Request, _res: Response, next: () => void) => next(),
          async (req) => write(req),
        ),
    ],
    [
      'an error handler',
      (app) => {
        app.post('/', () => {
          throw new Error('First');
        });
        const onError: ErrorRequestHandler = async (_error, req, _res, _next) => write(req);
        app.use(onError);
      },
    ],
  ];

  it.for(failing)('passes an error of the session in %s on to the error handlers', async ([, mount]) => {
    const { app, ask, errors, breakStore } = setUp(make);
    mount(app);
    breakStore();
    expect(await ask('/')).toBe(503);
    expect(errors).toMatchObject([{ code: 'ERR_STORE_UNAVAILABLE' }]);
  });

  it('passes an error of the session in a param callback on to the error handlers', async () => {
    const { app, ask, errors, breakStore } = setUp(make);
    app.param('id', async (req) => write(req));
    const handler: RequestHandler = (_req, res) => {
      res.send('');
    };
    app.post('/:id', handler);
    breakStore();
    expect(await ask('/7')).toBe(503);
    expect(errors).toMatchObject([{ code: 'ERR_STORE_UNAVAILABLE' }]);
  });

  it('survives a handler that forgets to await', async () => {
    const { app, ask, errors, breakStore } = setUp(make);
    app.post('/', (req, res) => {
      void write(req);
      res.send('');
    });
    breakStore();
    expect(await ask('/')).toBe(200);
    expect(errors).toEqual([]);
  });

  it('leaves an error to the handler that catches it', async () => {
    const { app, ask, errors, breakStore } = setUp(make);
    app.post('/', async (req, res) => {
      try {
        await write(req);
      } catch (error) {
        res.status(418).send(String(error instanceof SessionError && error.code));
      }
    });
    breakStore();
    expect(await ask('/')).toBe(418);
    expect(errors).toEqual([]);
  });
});

describe.for(VERSIONS.filter(([, make]) => make !== express))('%s', ([, make]) => {
  it('treats every other rejection as it does without sessions', async () => {
    const unhandled: unknown[] = [];
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (reason) => unhandled.push(reason));
    try {
      const { app, ask, errors } = setUp(make);
      const failure = new Error("The app's own");
      app.post('/', async (_req, res) => {
        res.send('');
        throw failure;
      });
      expect(await ask('/')).toBe(200);
      expect(errors).toEqual([]);
      expect(unhandled).toEqual([failure]);
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const each of others) process.on('unhandledRejection', each);
    }
  });

  it('reports an error once that the handler passed to next() and threw as well', async () => {
    const { app, ask, errors, breakStore } = setUp(make);
    app.post('/', (req, _res, next) => {
      const writing = write(req);
      writing.catch(next);
      return writing;
    });
    breakStore();
    expect(await ask('/')).toBe(503);
    expect(errors).toHaveLength(1);
  });
});
