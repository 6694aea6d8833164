import session, { type SessionMiddleware } from '@coatcheck/express-session';
import express from 'express';

declare module '@coatcheck/express-session' {
  interface SessionData {
    views: number;
  }
}

const middleware: SessionMiddleware = session({ secret: 'x', store: new session.MemoryStore() });
export const app = express();
app.use(middleware);
app.get('/', async (req, res) => {
  req.session.views = (req.session.views ?? 0) + 1;
  // @ts-expect-error: no such data
  req.session.vews = 1;
  await req.session.save();
  const userId: string | undefined = req.coatcheck.userId;
  res.json([req.sessionID, userId]);
});
