export { type ContractApp, contractApp } from './contract-app.ts';
export type { OwnHeaders } from './own-headers.ts';
export type { ContractData, ContractMount, ScenarioName } from './scenario.ts';
export { statusOf } from './status-of.ts';
