import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type ContractApp, listen, statusOf, testAdapterContract } from '@coatcheck/adapter-contract';
import { describe, it } from 'vitest';
import { type Request, session } from './session.ts';

testAdapterContract({ describe, it }, { serve: (app) => listen(serverOf(app)) });

function serverOf(app: ContractApp) {
  const { trustProxy } = app;
  const mounts = app.mounts.map(({ sessions, options }) => session(sessions, { ...options, trustProxy }));
  return createServer((req, res) => {
    const respond = async () => {
      await readForm(req);
      for (const mount of mounts) await mount(req, res);
      if (!res.writableEnded) await route(app, req, res);
    };
    respond().catch((error) => {
      res.statusCode = statusOf(error);
      res.end('failed');
    });
  });
}

async function readForm(req: Request): Promise<void> {
  if (req.headers['content-type'] !== 'application/x-www-form-urlencoded') return;
  req.body = Object.fromEntries(new URLSearchParams(await text(req)));
}

async function route(app: ContractApp, req: Request, res: ServerResponse): Promise<unknown> {
  const [, way, target, late = ''] = (req.url ?? '').split(/[/?]/);
  if (target === undefined || !target.includes('.')) return res.writeHead(404).end();
  const result = await app.perform(target, req);
  switch (way) {
    case 'text':
      return res.end(result);
    case 'redirect':
      return res.writeHead(303, { location: '/text/kit.nothing' }).end();
    case 'empty':
      return res.writeHead(204).end();
    case 'unchanged':
      return res.writeHead(304).end();
    case 'headers':
      for (const [name, value] of Object.entries(app.ownHeaders.object)) res.setHeader(name, value);
      return res.end(result);
    case 'raw-object':
      return res.writeHead(200, app.ownHeaders.object).end(result);
    case 'raw-array':
      return res.writeHead(200, app.ownHeaders.flat).end(result);
    case 'elsewhere': {
      const { status, headers, body } = await app.fromElsewhere();
      return res.writeHead(status, Object.fromEntries(headers)).end(await new Response(body).text());
    }
    case 'throw':
      throw new Error('Thrown after the write');
    case 'stream':
      res.write('started\n');
      return res.end(await app.performLate(late, req));
    default:
      return res.writeHead(404).end();
  }
}
