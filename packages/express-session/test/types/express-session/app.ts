// The same beside express-session's types alone: its types of req.session stay, and fit.

import session from '@coatcheck/express-session';
import express from 'express';
import type expressSession from 'express-session';

export type Other = expressSession.SessionOptions;

const app = express();
app.use(session({ secret: 'x' }));
app.get('/', (req, res) => {
  req.session.save((error: unknown) => res.send(String(error)));
  res.json([req.sessionID, req.session.cookie.originalMaxAge, req.coatcheck.userId]);
});
