/// <reference types="cookie-session" />
// An app whose program has the types of cookie-session too, which declare another req.session. It need only compile.

import session, { type SessionRequest } from '@coatcheck/express-session';
import express from 'express';

declare module '@coatcheck/express-session' {
  interface SessionData {
    views: number;
  }
}

export type Other = CookieSessionInterfaces.CookieSessionOptions;

const app = express();
app.use(session({ secret: 'x' }));
app.get('/', (req, res) => {
  const { session: ours, coatcheck } = req as unknown as SessionRequest;
  const views: number | undefined = ours.views;
  ours.views = (views ?? 0) + 1;
  res.json(coatcheck.userId);
});
