import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { SessionStore } from '@coatcheck/core';

/** Keeps records as items of a table whose partition key is the binary `key`. The client stays yours to close. */
export function dynamodbStore(client: DynamoDBClient, table: string): SessionStore {
  return {
    async read(key) {
      // Without ConsistentRead a replica responds, which may lag behind.
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: table, Key: { key: { B: bytes(key) } }, ConsistentRead: true }),
      );
      if (item === undefined) return undefined;
      return {
        version: Number(item['version']?.N),
        expiresAt: Number(item['expiresAt']?.N),
        body: Buffer.from(item['body']?.B ?? []).toString(),
      };
    },

    async compareAndSet(key, expected, next) {
      if (expected === null && next === null) return (await this.read(key)) === undefined;
      const condition =
        expected === null
          ? { ConditionExpression: 'attribute_not_exists(version)' }
          : {
              ConditionExpression: 'version = :expected',
              ExpressionAttributeValues: { ':expected': { N: String(expected) } },
            };
      const target = { TableName: table, ...condition };
      try {
        if (next === null) {
          await client.send(new DeleteItemCommand({ ...target, Key: { key: { B: bytes(key) } } }));
        } else {
          const item = {
            key: { B: bytes(key) },
            version: { N: String(next.version) },
            expiresAt: { N: String(next.expiresAt) },
            body: { B: bytes(next.body) },
            // For DynamoDB's own expiry: whole seconds, never before the moment.
            ttl: { N: String(Math.ceil(next.expiresAt / 1000)) },
          };
          await client.send(new PutItemCommand({ ...target, Item: item }));
        }
        return true;
      } catch (error) {
        // Only this error says that the record is not as expected. Every other one rejects.
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

/** Keys and bodies are bytes. UTF-8 has no lone surrogate: it would become another character. */
function bytes(value: string): Uint8Array {
  if (!value.isWellFormed()) throw new TypeError('A key or a body holds a lone surrogate');
  return Buffer.from(value);
}
