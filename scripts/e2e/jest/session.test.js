const { once } = require('node:events');
const createApp = require('./app.cjs');
const createSessionApp = require('./express-session.cjs');

test('keeps a cart in an Express app, with nothing configured', async () => {
  const { app } = createApp();
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const origin = `http://127.0.0.1:${server.address().port}`;
    const added = await fetch(`${origin}/cart/tea`, { method: 'POST' });
    expect(added.status).toBe(200);
    const cookie = added.headers.get('set-cookie').split(';')[0];
    const cart = await fetch(`${origin}/cart`, { headers: { cookie } });
    expect(await cart.json()).toEqual(['tea']);
  } finally {
    server.close();
  }
});

test.each([
  'core',
  'core/adapter',
  'core/client-checks',
  'core/device-binding',
  'core/dpop',
  'core/testing',
  'koa',
  'hono',
  'redis',
  'sqlite',
])('requires @coatcheck/%s', (name) => {
  expect(Object.keys(require(`@coatcheck/${name}`)).length).toBeGreaterThan(0);
});

test('requires @coatcheck/express-session as a function', async () => {
  const app = createSessionApp();
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const origin = `http://127.0.0.1:${server.address().port}`;
    const first = await fetch(origin);
    const cookie = first.headers.get('set-cookie').split(';')[0];
    expect(await first.json()).toBe(1);
    const second = await fetch(origin, { headers: { cookie } });
    expect(await second.json()).toBe(2);
  } finally {
    server.close();
  }
});
