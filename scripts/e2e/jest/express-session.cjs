const express = require('express');
const session = require('@coatcheck/express-session');

/** A counter of views, as an app with express-session has it. */
module.exports = function createSessionApp() {
  const app = express();
  app.use(session({ secret: 'x', resave: false, saveUninitialized: false }));
  app.get('/', (req, res) => {
    req.session.views = (req.session.views ?? 0) + 1;
    res.json(req.session.views);
  });
  return app;
};
