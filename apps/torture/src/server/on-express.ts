import type { RequestListener } from 'node:http';
import type { Sessions } from '@coatcheck/core';
import { session } from '@coatcheck/express';
import express, { type NextFunction, type Request, type Response } from 'express';
import { explainLoad, respond } from './shop.ts';
import type { ShopData } from './shop-data.ts';

declare module '@coatcheck/express' {
  interface Register {
    session: ShopData;
  }
}

/** Builds the shop on Express. */
export function onExpress(sessions: Sessions<ShopData>): RequestListener {
  const app = express();
  app.use(session(sessions));
  app.all('/:action', async (req, res) => {
    const fields = new URL(req.url, 'http://localhost').searchParams;
    const { status, body } = await respond(req.session, sessions, { action: req.params.action, fields });
    res.status(status).json(body);
  });
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const { status, body } = explainLoad(error);
    res.status(status).json(body);
  });
  return app;
}
