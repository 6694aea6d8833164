export type { AdapterUnderTest, ServedApp } from './adapter-under-test.ts';
export {
  type ContractApp,
  type ContractData,
  type ContractMount,
  contractApp,
  type OwnHeaders,
  type ScenarioName,
  statusOf,
} from './app/index.ts';
export { listen } from './listen.ts';
export { testAdapterContract } from './test-adapter-contract.ts';
export type { TestRunner } from './test-runner.ts';
