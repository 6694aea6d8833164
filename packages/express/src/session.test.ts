import { createServer } from 'node:http';
import { listen } from '@coatcheck/adapter-contract';
import express, { type ErrorRequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { createSessions, memoryStore, SessionError, session } from './index.ts';

const makeSessions = () =>
  createSessions<{ cart: string[]; note?: string }>({ store: memoryStore(), initial: () => ({ cart: [] }) });

/** Serves an app for one request. Returns the response and the errors that the error handler received. */
async function requestOnce(
  app: express.Express,
): Promise<{ status: number; text: string; errors: unknown[] }> {
  const errors: unknown[] = [];
  const onError: ErrorRequestHandler = (error, _req, res, _next) => {
    errors.push(error);
    res.status(500).send('failed');
  };
  const served = await listen(createServer(app.use(onError)));
  const response = await fetch(`${served.url}/`);
  const text = await response.text();
  await served.close();
  return { status: response.status, text, errors };
}

describe('session()', () => {
  it('names an invalid option', () => {
    expect(() => session(makeSessions(), JSON.parse('{"as": ""}'))).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG', message: expect.stringContaining('as') }),
    );
  });

  it('rejects a name that the request already has', async () => {
    const app = express().use(session(makeSessions()), session(makeSessions()));
    const { errors } = await requestOnce(app);
    expect(errors).toEqual([expect.any(SessionError)]);
    expect(errors[0]).toMatchObject({ code: 'ERR_CONFIG' });
  });

  it('rejects a property name of Express', async () => {
    const { errors } = await requestOnce(express().use(session(makeSessions(), { as: 'query' })));
    expect(errors[0]).toMatchObject({ code: 'ERR_CONFIG' });
  });

  it('calls the passive function for each request', async () => {
    const paths: string[] = [];
    const app = express().use(
      session(makeSessions(), {
        passive: (req) => {
          paths.push(req.path);
          return true;
        },
      }),
      (_req, res) => {
        res.send('');
      },
    );
    expect((await requestOnce(app)).status).toBe(200);
    expect(paths).toEqual(['/']);
  });
});
