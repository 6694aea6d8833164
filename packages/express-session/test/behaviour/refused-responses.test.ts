import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Response } from 'express';
import onHeaders from 'on-headers';
import { describe, expect, it, vi } from 'vitest';
import { makeSession, serve } from '../support/serve.ts';

/** Serves an app whose only handler changes the session and then responds in one way. The response to a failure is its code. */
async function appThat(responds: (res: Response) => unknown, data: object = { a: 1 }) {
  const server = express().use(makeSession());
  server.all('/', (req, res) => {
    Object.assign(req.session, data);
    return responds(res);
  });
  const onError: ErrorRequestHandler = (error, _req, res, next) => {
    if (res.headersSent) next(error);
    else res.status(500).send(error.code ?? error.message);
  };
  const { client } = await serve(server.use(onError));
  return client();
}

const INVALID: Readonly<Record<string, (res: Response) => unknown>> = {
  ERR_INVALID_CHAR: (res) => res.writeHead(302, { location: 'a\nb' }).end(),
  ERR_HTTP_INVALID_STATUS_CODE: (res) => res.writeHead(99).end(),
  ERR_INVALID_ARG_TYPE: (res) => Reflect.apply(res.end, res, [['a']]),
};

describe('a response that waits for its session and that Node.js then refuses', () => {
  it.each(Object.entries(INVALID))(
    'goes to the error handler with %s, and the session is saved',
    async (code, responds) => {
      const browser = await appThat(responds);
      const response = await browser.send('GET', '/');
      expect([response.status, response.statusText]).toEqual([500, 'Internal Server Error']);
      expect(await response.text()).toBe(code);
      expect(browser.cookies.has('connect.sid')).toBe(true);
    },
  );

  it('goes to the error handler if a listener for its headers throws', async () => {
    const browser = await appThat((res) => {
      onHeaders(res, () => {
        throw new Error('no headers');
      });
      res.end('ok');
    });
    expect(await browser.get('/')).toBe('no headers');
  });

  it('is cut off if it has begun, as without a session', async () => {
    const browser = await appThat((res) => {
      res.write('a');
      Reflect.apply(res.end, res, [{}]);
    });
    await expect(browser.get('/')).rejects.toThrow();
  });
});

/** What no session can hold, so that its save fails. */
const UNSAVABLE = { a: 1n };

/** Responds in parts, whatever becomes of them. */
async function stream(res: Response): Promise<void> {
  res.write('part 1;');
  await nextTurn();
  res.write('part 2;');
  res.flushHeaders();
  await nextTurn();
  res.end('end');
}

describe('a response of several parts whose session cannot be saved', () => {
  it('lets a handler go on that waits for drain and for callbacks, and goes to the error handler at its end', async () => {
    const steps: string[] = [];
    const browser = await appThat(async (res) => {
      if (!res.write('part 1;', () => steps.push('called back'))) await once(res, 'drain');
      steps.push('drained');
      await new Promise((resolve) => res.write('part 2;', resolve));
      steps.push('ended');
      res.end('end');
    }, UNSAVABLE);
    const response = await browser.send('GET', '/');
    expect([response.status, await response.text()]).toEqual([500, 'ERR_DATA_INVALID']);
    expect(steps).toEqual(['called back', 'drained', 'ended']);
  });

  it('leaves nothing behind for an error handler that takes its time', async () => {
    const server = express().use(makeSession());
    let streamed: Promise<void> | undefined;
    server.get('/', (req, res) => {
      Object.assign(req.session, UNSAVABLE);
      streamed = stream(res);
      return streamed;
    });
    const onError: ErrorRequestHandler = async (_error, _req, res, _next) => {
      await streamed;
      res.status(500).send('failed');
    };
    const { client } = await serve(server.use(onError));
    const response = await client().send('GET', '/');
    expect([response.status, await response.text()]).toEqual([500, 'failed']);
  });

  it('ends no process if the default error handler waits for the body of the request', async () => {
    const server = express().set('env', 'test').use(makeSession());
    const streamed = Promise.withResolvers<void>();
    server.post('/', async (req, res) => {
      Object.assign(req.session, UNSAVABLE);
      await stream(res);
      streamed.resolve();
    });
    const { client } = await serve(server);
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(new Uint8Array(5));
        await streamed.promise;
        controller.close();
      },
    });
    const response = await client().send('POST', '/', { body, duplex: 'half' });
    expect(response.status).toBe(500);
    expect(await response.text()).toContain('req.session.a must be a value that JSON can hold');
  });

  it('is cut off if its handler does not end it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const browser = await appThat((res) => {
        res.write('part 1;');
        setImmediate(() => vi.advanceTimersByTime(60_000));
      }, UNSAVABLE);
      await expect(browser.get('/')).rejects.toThrow();
    } finally {
      vi.useRealTimers();
    }
  });
});
