// An app may load a package as an ES module and as CommonJS in one process: what one copy makes, the other takes.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import * as core from '@coatcheck/core';
import { session } from '@coatcheck/express';
import express from 'express';

const required = createRequire(import.meta.url)('@coatcheck/core');
assert.notEqual(required.createSessions, core.createSessions, 'these should be two copies');

const sessions = required.createSessions({ store: core.memoryStore(), initial: () => ({ visits: 0 }) });
const app = express();
app.use(session(sessions));
app.post('/', async (req, res) => {
  await req.session.update((data) => {
    data.visits += 1;
  });
  res.json(req.session.data);
});
app.post('/sealed', async (req, res) => {
  res.write('first byte');
  const error = await req.session.update({ visits: 9 }).catch((reason) => reason);
  res.end(` ${error.code} ${error.status}`);
});
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
try {
  const origin = `http://127.0.0.1:${server.address().port}`;
  const first = await fetch(origin, { method: 'POST' });
  assert.deepEqual(await first.json(), { visits: 1 });
  const [cookie] = first.headers.get('set-cookie').split(';');
  const second = await fetch(origin, { method: 'POST', headers: { cookie } });
  assert.deepEqual(await second.json(), { visits: 2 });
  const sealed = await fetch(`${origin}/sealed`, { method: 'POST' });
  assert.equal(await sealed.text(), 'first byte ERR_RESPONSE_SEALED 500');
} finally {
  server.close();
}
