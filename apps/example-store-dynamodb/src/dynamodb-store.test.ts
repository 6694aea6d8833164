import { once } from 'node:events';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { SessionStore } from '@coatcheck/core';
import { testStoreContract } from '@coatcheck/store-contract';
import dynalite from 'dynalite';
import { afterAll, describe, it } from 'vitest';
import { dynamodbStore } from './dynamodb-store.ts';

const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const client = connect(typeof address === 'object' ? address?.port : undefined);
afterAll(() => {
  client.destroy();
  server.close();
});

function connect(port: number | undefined): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'local',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
  });
}

let count = 0;

async function openStore(): Promise<SessionStore> {
  count += 1;
  const table = `sessions.${count}`;
  await client.send(
    new CreateTableCommand({
      TableName: table,
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'B' }],
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  // The table is created a moment after the response.
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName: table });
  return dynamodbStore(client, table);
}

testStoreContract(
  { describe, it },
  {
    createStore: openStore,
    createNeighbour: openStore,
    // No server listens on this port.
    createBrokenStore: () => dynamodbStore(connect(1), 'sessions'),
  },
);
