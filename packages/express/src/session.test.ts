import { createServer } from 'node:http';
import { listen } from '@coatcheck/adapter-contract';
import express, { type ErrorRequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { createSessions, memoryStore, SessionError, session } from './index.ts';

const makeSessions = () =>
  createSessions<{ cart: string[]; note?: string }>({ store: memoryStore(), initial: () => ({ cart: [] }) });

/** Serves an app for one request, and gives what the error handler got and what came back. */
async function askOnce(app: express.Express): Promise<{ status: number; text: string; errors: unknown[] }> {
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
  it('says which option is wrong, what was given and what would be right', () => {
    expect(() => session(makeSessions(), JSON.parse('{"as": ""}'))).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG', message: expect.stringContaining('as') }),
    );
  });

  it('refuses a name that the request has already', async () => {
    const app = express().use(session(makeSessions()), session(makeSessions()));
    const { errors } = await askOnce(app);
    expect(errors).toEqual([expect.any(SessionError)]);
    expect(errors[0]).toMatchObject({ code: 'ERR_CONFIG' });
  });

  it('refuses a name that is one of Express', async () => {
    const { errors } = await askOnce(express().use(session(makeSessions(), { as: 'query' })));
    expect(errors[0]).toMatchObject({ code: 'ERR_CONFIG' });
  });

  it('asks the function given as passive for each request', async () => {
    const asked: string[] = [];
    const app = express().use(
      session(makeSessions(), {
        passive: (req) => {
          asked.push(req.path);
          return true;
        },
      }),
      (_req, res) => {
        res.send('');
      },
    );
    expect((await askOnce(app)).status).toBe(200);
    expect(asked).toEqual(['/']);
  });
});
