import { once } from 'node:events';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createSessions } from '@coatcheck/core';
import { FetchRequestView } from '@coatcheck/core/adapter';
import { issue } from '@coatcheck/core/testing';
import dynalite from 'dynalite';
import { afterAll, expect, it } from 'vitest';
import { dynamodbStore } from './dynamodb-store.ts';

interface ShopData {
  cart: number[];
}

const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const client = new DynamoDBClient({
  endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
  region: 'local',
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
});
await client.send(
  new CreateTableCommand({
    TableName: 'sessions',
    AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'B' }],
    KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  }),
);
afterAll(() => {
  client.destroy();
  server.close();
});

/** Creates the sessions of one process of the shop. */
const start = () =>
  createSessions<ShopData>({ store: dynamodbStore(client, 'sessions'), initial: () => ({ cart: [] }) });

/** Loads the session of a cookie. */
function load(sessions: ReturnType<typeof start>, cookie: string) {
  const request = new Request('https://shop.example/', { method: 'POST', headers: { cookie } });
  return sessions.open(new FetchRequestView(request, {})).session.load();
}

it('two processes on one table lose no update of a session', async () => {
  const processes = [start(), start()] as const;
  const { cookie } = await issue(processes[0], { userId: 'ann' });
  await Promise.all(
    Array.from({ length: 20 }, async (_, sku) => {
      const session = await load(processes[sku % 2 === 0 ? 0 : 1], cookie);
      await session.update((data) => data.cart.push(sku));
    }),
  );
  const { data } = await load(processes[1], cookie);
  expect(data.cart.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, sku) => sku));
});

it('a user whose sessions are revoked in one process is signed out in the other', async () => {
  const [here, there] = [start(), start()];
  const { cookie } = await issue(there, { userId: 'bob' });
  expect((await load(there, cookie)).userId).toBe('bob');
  expect(await here.revokeUser('bob')).toBe(1);
  expect((await load(there, cookie)).userId).toBeUndefined();
});
