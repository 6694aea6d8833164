export type { StoreElsewhere, StoreFactory, TestRunner } from './factory.ts';
export { testStoreContract } from './test-store-contract.ts';
