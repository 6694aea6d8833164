// An app that has no other session types. It need only compile.

import session, { type SessionMiddleware } from '@coatcheck/express-session';
import express from 'express';

declare module '@coatcheck/express-session' {
  interface SessionData {
    views: number;
  }
}

const app = express();
const middleware: SessionMiddleware = session({ secret: 'x', resave: false, saveUninitialized: false });
app.use(middleware);
app.use('/admin', session({ secret: ['x', 'y'], cookie: { secure: 'auto', sameSite: 'auto', maxAge: 5 } }));
app.use(session({ secret: 'x', store: new session.MemoryStore() }));

app.get('/', async (req, res) => {
  const views: number | undefined = req.session.views;
  req.session.views = (views ?? 0) + 1;
  // @ts-expect-error SessionData has no such property
  req.session.vews = 1;
  // @ts-expect-error views is a number
  req.session.views = 'one';
  req.session.cookie.maxAge = 60_000;
  await req.session.save();
  req.session.save((error) => res.send(String(error)));
  await req.session.regenerate();
  req.session.touch().resetMaxAge();
  const id: string = req.sessionID;
  req.sessionStore.destroy(id, () => {});
  const userId: string | undefined = req.coatcheck.userId;
  res.json([userId, await middleware.sessions.list('ada')]);
});

// @ts-expect-error genid is rejected
session({ genid: () => 'x' });
// @ts-expect-error there is no such option
session({ saveUninitialised: true });
