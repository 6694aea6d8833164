import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ContractApp, statusOf } from '../../src/app/index.ts';
import type { Steps } from './steps.ts';

type Respond = (res: ServerResponse, text: string, app: ContractApp) => unknown;

const RESPONSES: Readonly<Record<string, Respond>> = {
  text: (res, text) => res.end(text),
  redirect: (res) => {
    res.statusCode = 303;
    res.setHeader('location', '/text/kit.nothing').end();
  },
  empty: (res) => {
    res.statusCode = 204;
    res.end();
  },
  unchanged: (res) => {
    res.statusCode = 304;
    res.end();
  },
  headers: (res, text, { ownHeaders }) => {
    for (const [name, value] of Object.entries(ownHeaders.object)) res.setHeader(name, value);
    res.end(text);
  },
  'raw-object': (res, text, { ownHeaders }) => res.writeHead(200, ownHeaders.object).end(text),
  'raw-array': (res, text, { ownHeaders }) => res.writeHead(200, ownHeaders.flat).end(text),
  elsewhere: async (res, _text, app) => {
    const { status, headers, body } = await app.fromElsewhere();
    res.statusCode = status;
    for (const [name, value] of headers) res.setHeader(name, value);
    res.end(await new Response(body).text());
  },
  throw: () => {
    throw new Error('Thrown after the write');
  },
};

/** Serves the contract's app on `node:http` with the steps of an adapter. */
export function serverOf(app: ContractApp, steps: Steps): Server {
  return createServer((req, res) => {
    handle(app, steps, req, res).catch((error: unknown) => {
      if (res.headersSent) {
        res.destroy();
        return;
      }
      res.statusCode = statusOf(error);
      res.end('failed');
    });
  });
}

async function handle(
  app: ContractApp,
  steps: Steps,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const arrival = { app, req, res, fields: await readForm(req) };
  const facts = steps.facts(arrival);
  const holder = steps.holder(arrival);
  for (const mount of app.mounts) {
    if (steps.joins(holder, mount)) continue;
    const visit = steps.open(arrival, mount, facts);
    if (await steps.respond(arrival, visit)) return;
    steps.attach(holder, mount, visit.session);
    steps.arrange(arrival, visit);
    steps.refuse(visit, mount);
    await steps.load(visit, mount);
  }
  const [, way = '', target = '', late = ''] = (req.url ?? '').split(/[/?]/);
  const respond = RESPONSES[way];
  if (way !== 'stream' && respond === undefined) {
    res.statusCode = 404;
    res.end();
    return;
  }
  const text = await app.perform(target, holder);
  if (respond !== undefined) {
    await respond(res, text, app);
    return;
  }
  res.write('started\n');
  res.end(await app.performLate(late, holder));
}

async function readForm(req: IncomingMessage): Promise<Readonly<Record<string, string>>> {
  if (!req.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return {};
  let body = '';
  req.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk;
  });
  await once(req, 'end');
  return Object.fromEntries(new URLSearchParams(body));
}
