import { Client, Lab, MAREN, ordersIn, PATIENCE, RedisServer } from '@coatcheck/shop-common/testing';
import { createClient } from 'redis';
import { afterAll, describe, expect, it } from 'vitest';

const CART = { items: [{ sku: 'fell-parka', quantity: 2 }], total: 49_800 };

describe('the shop on Koa with Redis', { timeout: PATIENCE }, () => {
  const lab = new Lab(new URL('./main.ts', import.meta.url));
  const servers: RedisServer[] = [];
  const startRedis = async (...settings: readonly string[]) => {
    const redis = await RedisServer.start(...settings);
    servers.push(redis);
    return redis;
  };
  afterAll(async () => {
    await lab.clear();
    await Promise.all(servers.map((redis) => redis.stop()));
  }, PATIENCE);

  it('loses nothing if one process is killed and another starts with the same Redis', async () => {
    const { url } = await startRedis();
    const directory = lab.directory();
    let shop = await lab.start({ REDIS_URL: url }, directory);
    expect(shop.output).toContain('stored in Redis');
    const client = new Client(shop.url);
    await client.post('/cart', { sku: 'fell-parka', quantity: '2' });
    await client.signIn(MAREN.email, MAREN.password);
    await shop.kill();
    shop = await lab.start({ REDIS_URL: url }, directory);
    client.url = shop.url;
    expect(await client.json('/cart')).toEqual(CART);
    expect(await client.json('/account')).toMatchObject({ userId: MAREN.id });
    const { location } = await client.post('/checkout');
    expect((await client.get(location)).status).toBe(200);
    expect(ordersIn(directory)).toHaveLength(1);
  });

  it('keeps every change of a cart by two processes, and makes exactly one order of 20 checkouts', async () => {
    const { url } = await startRedis();
    const directory = lab.directory();
    const shops = await Promise.all([0, 1].map(() => lab.start({ REDIS_URL: url }, directory)));
    const client = new Client(shops[0]?.url ?? '');
    await client.signIn(MAREN.email, MAREN.password);
    const copies = Array.from({ length: 20 }, (_, index) => {
      const copy = client.copy();
      copy.url = shops[index % 2]?.url ?? '';
      return copy;
    });
    const added = await Promise.all(
      copies.map((copy) => copy.post('/cart', { sku: 'fell-parka', quantity: '1' })),
    );
    expect(new Set(added.map(({ status }) => status))).toEqual(new Set([303]));
    expect(await client.json('/cart')).toMatchObject({ items: [{ sku: 'fell-parka', quantity: 20 }] });
    const orders = await Promise.all(copies.map((copy) => copy.post('/checkout')));
    expect(new Set(orders.map(({ location }) => location)).size).toBe(1);
    expect(ordersIn(directory)).toHaveLength(1);
    for (const copy of copies) expect(await copy.json('/account')).toMatchObject({ userId: MAREN.id });
  });

  it('stores its sessions in a cluster if several URLs are set', async () => {
    const { url } = await startRedis('--cluster-enabled', 'yes');
    const admin = await createClient({ url }).connect();
    await admin.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
    await expect
      .poll(() => admin.sendCommand(['CLUSTER', 'INFO']), { timeout: PATIENCE })
      .toContain('cluster_state:ok');
    const shop = await lab.start({ REDIS_URL: `${url},${url}` });
    expect(shop.output).toContain('stored in a Redis cluster');
    const client = new Client(shop.url);
    await client.post('/cart', { sku: 'fell-parka', quantity: '2' });
    await client.signIn(MAREN.email, MAREN.password);
    expect(await client.json('/cart')).toEqual(CART);
    expect(await admin.sendCommand(['DBSIZE'])).toBeGreaterThan(0);
    await admin.close();
    expect(await shop.stop()).toBe(0);
  });

  it('responds with 503 while Redis is unavailable, and never replaces the session', async () => {
    const redis = await startRedis();
    const shop = await lab.start({ REDIS_URL: redis.url });
    const client = new Client(shop.url);
    await client.post('/cart', { sku: 'fell-parka', quantity: '2' });
    await redis.stop();
    for (const response of [
      await client.get('/cart'),
      await client.post('/cart', { sku: 'fell-parka', quantity: '1' }),
    ]) {
      expect([response.status, response.setCookies]).toEqual([503, []]);
      expect(response.body).toContain('You are not signed out');
    }
    expect((await new Client(shop.url).get('/')).status).toBe(200);
    expect(await shop.stop()).toBe(0);
  });
});
