import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { type ContractApp, listen, testAdapterContract } from '@coatcheck/adapter-contract';
import { bodyParser } from '@koa/bodyparser';
import Koa from 'koa';
import { describe, it } from 'vitest';
import { session } from './index.ts';

const Koa2: typeof Koa = createRequire(import.meta.url)('koa2');

describe('Koa 3', () => {
  testAdapterContract({ describe, it }, { serve: (app) => listen(serverOf(app, Koa)) });
});

describe('Koa 2', () => {
  testAdapterContract({ describe, it }, { serve: (app) => listen(serverOf(app, Koa2)) });
});

type Respond = (ctx: Koa.Context, text: string, app: ContractApp) => unknown;

/** The routes other than `/stream`. Koa's own error handling, which removes all headers set before, handles errors. */
const RESPONSES: Readonly<Record<string, Respond>> = {
  text: (ctx, text) => {
    ctx.body = text;
  },
  redirect: (ctx) => {
    ctx.status = 303;
    ctx.redirect('/text/kit.nothing');
  },
  empty: (ctx) => {
    ctx.status = 204;
  },
  unchanged: (ctx) => {
    ctx.status = 304;
  },
  headers: (ctx, text, { ownHeaders }) => {
    for (const [header, value] of ownHeaders.pairs) ctx.append(header, value);
    ctx.body = text;
  },
  'raw-object': (ctx, text, { ownHeaders }) => {
    ctx.respond = false;
    ctx.res.writeHead(200, ownHeaders.object).end(text);
  },
  'raw-array': (ctx, text, { ownHeaders }) => {
    ctx.respond = false;
    ctx.res.writeHead(200, ownHeaders.flat).end(text);
  },
  elsewhere: async (ctx, _text, app) => {
    const { status, headers, body } = await app.fromElsewhere();
    ctx.status = status;
    ctx.set(Object.fromEntries(headers));
    ctx.body = await new Response(body).text();
  },
  throw: () => {
    throw new Error('Thrown after the write');
  },
};

function serverOf(app: ContractApp, Framework: typeof Koa) {
  const server = new Framework({ proxy: app.trustProxy, maxIpsCount: 1 });
  server.silent = true;
  server.use(bodyParser());
  for (const { sessions, options } of app.mounts) server.use(session(sessions, options));
  server.use(async (ctx) => {
    const [, way = '', target = '', late = ''] = ctx.url.split(/[/?]/);
    const respond = RESPONSES[way];
    if (way !== 'stream' && respond === undefined) return;
    const text = await app.perform(target, ctx);
    if (respond === undefined) ctx.body = Readable.from(stream(app, late, ctx));
    else await respond(ctx, text, app);
  });
  return createServer(server.callback());
}

async function* stream(app: ContractApp, late: string, ctx: Koa.Context) {
  yield 'started\n';
  yield await app.performLate(late, ctx);
}
