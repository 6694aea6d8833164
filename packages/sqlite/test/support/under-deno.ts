import { describe, it } from 'node:test';
import { testStoreContract } from '@coatcheck/store-contract';
import { makeDirectory } from './directory.ts';
import { pathFactory } from './factory.ts';

// Run by `deno test`.
const directory = makeDirectory();
process.on('exit', () => directory.remove());

describe('with a path', () => {
  testStoreContract({ describe, it }, pathFactory(directory.path()));
});
