import type { TestRunner } from '@coatcheck/store-contract';
import { testStoreContract } from '@coatcheck/store-contract';
import { makeDirectory } from './directory.ts';
import { bunDatabase } from './drivers.ts';
import { connectionFactory, pathFactory } from './factory.ts';

// Run by `bun test`.
const name = 'bun:test';
const { describe, it }: TestRunner = await import(name);
const Database = await bunDatabase();
const directory = makeDirectory();
process.on('exit', () => directory.remove());

describe('with bun:sqlite', () => {
  const { factory } = connectionFactory('bun:sqlite', directory.path(), (path) => new Database(path));
  testStoreContract({ describe, it }, factory);
});

describe('with a path', () => {
  testStoreContract({ describe, it }, pathFactory(directory.path()));
});
