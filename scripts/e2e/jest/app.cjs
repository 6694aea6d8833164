const { createSessions, memoryStore } = require('@coatcheck/core');
const { session } = require('@coatcheck/express');
const express = require('express');

/** The app that both test files use: a cart on Express, in CommonJS. */
module.exports = function createApp() {
  const sessions = createSessions({ store: memoryStore(), initial: () => ({ cart: [] }) });
  const app = express();
  app.use(session(sessions));
  app.get('/cart', (req, res) => void res.json(req.session.data.cart));
  app.post('/cart/:sku', (req, res, next) => {
    req.session
      .update((data) => data.cart.push(req.params.sku))
      .then((count) => res.json(count))
      .catch(next);
  });
  return { app, sessions };
};
