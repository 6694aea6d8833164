import express, { type Request, type RequestHandler, type Response } from 'express';
import { lookUp, ROUTES, type SessionUse, type Side, USER_HEADER } from '../side.ts';
import { listenWith } from './listen.ts';

/** Builds the shop on Express, behind a proxy that speaks HTTPS to the browser. */
export function expressSide(use: SessionUse<Request>, ...middleware: readonly RequestHandler[]): Side {
  const app = express();
  app.set('trust proxy', 1);
  for (const each of middleware) app.use(each);
  app.get(ROUTES.read.path, (req, res) => respond(res, use.read(req)));
  app.post(ROUTES.write.path, (req, res) => respond(res, use.write(req)));
  app.post(ROUTES.slowWrite.path, (req, res) =>
    respond(
      res,
      lookUp().then(() => use.write(req)),
    ),
  );
  app.post(ROUTES.signIn.path, (req, res) => respond(res, use.signIn(req, req.get(USER_HEADER) ?? '')));
  app.post(ROUTES.signOut.path, (req, res) => respond(res, use.signOut(req)));
  return { handler: { kind: 'node', handle: app }, listen: () => listenWith(app) };
}

/** A synchronous result is sent at once; a rejection goes to Express as that of any handler. */
function respond(res: Response, visits: number | Promise<number>): void | Promise<void> {
  if (typeof visits === 'number') send(res, visits);
  else return visits.then((number) => send(res, number));
}

function send(res: Response, visits: number): void {
  res.type('text/plain').send(String(visits));
}
