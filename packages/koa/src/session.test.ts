import { createServer } from 'node:http';
import { listen } from '@coatcheck/adapter-contract';
import Koa, { type Middleware } from 'koa';
import { describe, expect, it } from 'vitest';
import { createSessions, memoryStore, SessionError, session } from './index.ts';

const makeSessions = () =>
  createSessions<{ cart: string[]; note?: string }>({ store: memoryStore(), initial: () => ({ cart: [] }) });

/** Serves an app for one request. Returns the status and the errors that Koa's error handling received. */
async function requestOnce(...middleware: Middleware[]): Promise<{ status: number; errors: unknown[] }> {
  const app = new Koa();
  const errors: unknown[] = [];
  app.on('error', (error) => errors.push(error));
  for (const each of middleware) app.use(each);
  const served = await listen(createServer(app.callback()));
  const { status } = await fetch(served.url);
  await served.close();
  return { status, errors };
}

describe('session()', () => {
  it('rejects an invalid option at construction', () => {
    expect(() => session(makeSessions(), JSON.parse('{"lasy": true}'))).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG', message: expect.stringContaining('lasy') }),
    );
  });

  it('rejects a name that the context already has', async () => {
    const { status, errors } = await requestOnce(session(makeSessions()), session(makeSessions()));
    expect(status).toBe(500);
    expect(errors).toEqual([expect.any(SessionError)]);
    expect((await requestOnce(session(makeSessions(), { as: 'body' }))).errors[0]).toMatchObject({
      code: 'ERR_CONFIG',
    });
  });

  it('throws if the app assigns to the session', async () => {
    const { errors } = await requestOnce(session(makeSessions()), (ctx) => {
      Object.assign(ctx, { session: null });
    });
    expect(String(errors[0])).toContain('await session.destroy()');
  });
});
