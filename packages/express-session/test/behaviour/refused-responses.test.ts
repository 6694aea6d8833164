import express, { type ErrorRequestHandler, type Response } from 'express';
import onHeaders from 'on-headers';
import { describe, expect, it } from 'vitest';
import { makeSession, serve } from '../support/serve.ts';

/** Serves an app whose only handler changes the session and then responds in one way. The response to a failure is its code. */
async function appThat(responds: (res: Response) => unknown) {
  const server = express().use(makeSession());
  server.get('/', (req, res) => {
    Object.assign(req.session, { a: 1 });
    responds(res);
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
