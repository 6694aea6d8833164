// A CommonJS app without strict mode, in which an assignment to a frozen object is silently ignored.
const express = require('express');
const { createSessions, memoryStore, session } = require('@coatcheck/express');

const app = express();
app.use(session(createSessions({ store: memoryStore(), initial: () => ({ count: 0 }) })));
app.post('/property', (req, res) => {
  req.session.count = 1;
  res.send('assigned');
});
app.post('/known-property', (req, res) => {
  req.session.userId = 'ada';
  res.send('assigned');
});
app.post('/session', (req, res) => {
  req.session = null;
  res.send('assigned');
});
app.use((error, _req, res, _next) => {
  res.status(500).send(error.message);
});

module.exports = { app };
