const { once } = require('node:events');
const createApp = require('./app.cjs');

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

test.each(['core', 'core/adapter', 'core/client-checks', 'core/testing', 'koa', 'hono', 'redis', 'sqlite'])(
  'requires @coatcheck/%s',
  (name) => {
    expect(Object.keys(require(`@coatcheck/${name}`)).length).toBeGreaterThan(0);
  },
);
