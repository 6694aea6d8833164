import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { afterAll, vi } from 'vitest';
import { type Client, serve } from '../../../../packages/express-session/test/support/serve.ts';

export type { Client };

// All browsers of a test look alike, so the library takes them for one that loses its cookie.
vi.spyOn(console, 'warn').mockImplementation(() => {});

// 50 requests at once take a while on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

/** The apps keep their databases here, each in files of its own. */
const directory = mkdtempSync(join(tmpdir(), 'coatcheck-migrations-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** One side of a migration, such as `before/koa-session`. */
export interface Shop {
  /** Makes a browser without cookies. */
  client(): Client;
  /** The directory with the shop's databases. */
  readonly directory: string;
}

/** Serves an app of this folder until the test ends. Within a test file, each app is one module with one store. */
export async function openShop(path: string): Promise<Shop> {
  const [side = '', library = ''] = path.split('/');
  process.env['SESSIONS_DB'] = join(directory, `${side}-${library}.db`);
  process.env['OLD_SESSIONS_DB'] = join(directory, `${library}.db`);
  const { app }: { app: ShopApp } = await import(`../${side}/${library}.ts`);
  const { client } = await serve(await listenerOf(app));
  return { client, directory };
}

/** An app of Express, of Koa, of Fastify, or of Hono and others that serve a `Request`. */
type ShopApp =
  | RequestListener
  | { callback(): RequestListener }
  | { ready(): PromiseLike<unknown>; routing: RequestListener }
  | { fetch(request: Request): Response | Promise<Response> };

async function listenerOf(app: ShopApp): Promise<RequestListener> {
  if (typeof app === 'function') return app;
  if ('callback' in app) return app.callback();
  if ('fetch' in app) return getRequestListener((request) => app.fetch(request));
  await app.ready();
  return app.routing;
}
