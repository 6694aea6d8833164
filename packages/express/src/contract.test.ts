import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { type ContractApp, listen, statusOf, testAdapterContract } from '@coatcheck/adapter-contract';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import { describe, it } from 'vitest';
import { session } from './index.ts';

const express4: typeof express = createRequire(import.meta.url)('express4');

describe('Express 5', () => {
  testAdapterContract({ describe, it }, { serve: (app) => listen(createServer(serverOf(app, express()))) });
});

describe('Express 4', () => {
  testAdapterContract({ describe, it }, { serve: (app) => listen(createServer(serverOf(app, express4()))) });
});

function serverOf(app: ContractApp, server: express.Express): express.Express {
  server.set('trust proxy', app.trustProxy ? 1 : false);
  server.use(express.urlencoded({ extended: false }));
  for (const { sessions, options } of app.mounts) server.use(session(sessions, options));

  /** Passes rejections on, because Express 4 ignores a handler's promise. */
  const route = (path: string, respond: (res: Response, text: string, req: Request) => unknown) => {
    server.all(`${path}/:target`, (req, res, next) => {
      app
        .perform(req.params.target, req)
        .then((text) => respond(res, text, req))
        .catch(next);
    });
  };
  route('/text', (res, text) => res.send(text));
  route('/redirect', (res) => res.redirect(303, '/text/kit.nothing'));
  route('/empty', (res) => res.status(204).end());
  route('/unchanged', (res) => res.status(304).end());
  route('/headers', (res, text) => {
    for (const [header, value] of app.ownHeaders.pairs) res.append(header, value);
    res.send(text);
  });
  route('/raw-object', (res, text) => res.writeHead(200, app.ownHeaders.object).end(text));
  route('/raw-array', (res, text) => res.writeHead(200, app.ownHeaders.flat).end(text));
  route('/elsewhere', async (res) => {
    const { status, headers, body } = await app.fromElsewhere();
    res.writeHead(status, Object.fromEntries(headers)).end(await new Response(body).text());
  });
  route('/throw', () => {
    throw new Error('Thrown after the write');
  });
  server.all('/stream/:target/:late', (req, res, next) => {
    const stream = async () => {
      await app.perform(req.params.target, req);
      res.write('started\n');
      res.end(await app.performLate(req.params.late, req));
    };
    stream().catch(next);
  });

  const onError: ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(statusOf(error)).send('failed');
  };
  return server.use(onError);
}
