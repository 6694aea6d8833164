export type { D1Binding, D1Statement } from './d1/binding.ts';
export { createTableSql, type D1StoreOptions, d1Store } from './d1/d1-store.ts';
export type { ObjectNamespace, ObjectState, ObjectStorage } from './durable-object/binding.ts';
export { type DurableObjectStoreOptions, durableObjectStore } from './durable-object/durable-object-store.ts';
export { SessionObject } from './durable-object/session-object.ts';
