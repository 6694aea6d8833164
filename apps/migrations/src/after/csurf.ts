import { createSessions, session } from '@coatcheck/express';
import { sqliteStore } from '@coatcheck/sqlite';
import express from 'express';

interface ShopData {
  address?: string;
}

declare module '@coatcheck/express' {
  interface Register {
    session: ShopData;
  }
}

const sessions = createSessions<ShopData>({ store: sqliteStore(process.env.SESSIONS_DB ?? 'sessions.db') });

export const app = express();
app.use(session(sessions));
app.use(express.urlencoded({ extended: false }));

app.get('/', (req, res) => {
  res.send(`<p>Your address: ${req.session.data.address === undefined ? 'unknown' : 'known'}</p>
    <form method="post" action="/address">
      <input name="address"> <button>Save</button>
    </form>`);
});

app.post('/address', async (req, res) => {
  await req.session.update({ address: String(req.body.address) });
  res.redirect(303, '/');
});
