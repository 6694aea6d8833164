import { memoryStore } from '@coatcheck/core';
import { describe, it } from 'vitest';
import { testStoreContract } from '../src/index.ts';

describe('the memory store of the core', () => {
  testStoreContract({ describe, it }, { createStore: memoryStore, createNeighbour: memoryStore });
});
