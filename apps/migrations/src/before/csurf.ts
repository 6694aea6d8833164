import csurf from 'csurf';
import express from 'express';
import session from 'express-session';

declare module 'express-session' {
  interface SessionData {
    address: string;
  }
}

export const app = express();
app.use(
  session({
    secret: process.env.SESSION_SECRET ?? 'a secret for development',
    resave: false,
    saveUninitialized: false,
  }),
);
app.use(express.urlencoded({ extended: false }));
app.use(csurf());

app.get('/', (req, res) => {
  res.send(`<p>Your address: ${req.session.address === undefined ? 'unknown' : 'known'}</p>
    <form method="post" action="/address">
      <input type="hidden" name="_csrf" value="${req.csrfToken()}">
      <input name="address"> <button>Save</button>
    </form>`);
});

app.post('/address', (req, res) => {
  req.session.address = String(req.body.address);
  res.redirect(303, '/');
});
