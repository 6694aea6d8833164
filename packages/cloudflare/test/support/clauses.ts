import { type StoreFactory, testStoreContract } from '@coatcheck/store-contract';
import { type D1Binding, d1Store, durableObjectStore, type ObjectNamespace } from '../../src/index.ts';

/** The bindings of the worker that runs the contract. */
export interface Env {
  readonly DB: D1Binding;
  readonly SESSIONS: ObjectNamespace<unknown>;
  readonly BROKEN: ObjectNamespace<unknown>;
}

/** One clause of the contract. */
export interface ListedClause {
  readonly title: string;
  run(): Promise<void>;
}

/** The clauses of each store by its name. */
export type Clauses = Readonly<Record<string, readonly ListedClause[]>>;

/** Lists the clauses of both stores over a worker's bindings. */
export function clausesOf({ DB, SESSIONS, BROKEN }: Env): Clauses {
  let count = 0;
  const names = new WeakMap<object, string>();
  const named = <Store extends object>(name: string, open: (name: string) => Store): Store => {
    const store = open(name);
    names.set(store, name);
    return store;
  };
  const next = () => {
    count += 1;
    return `shop_${count}`;
  };
  const openTable = (table: string) => d1Store(DB, { table });
  const openPrefix = (prefix: string) => durableObjectStore(SESSIONS, { prefix });
  return {
    d1: listClauses({
      createStore: () => named(next(), openTable),
      createNeighbour: (store) => openTable(`${names.get(store)}_`),
      createBrokenStore: () => d1Store(DB, { table: 'missing', createTable: false }),
    }),
    'durable-object': listClauses({
      createStore: () => named(next(), openPrefix),
      createNeighbour: (store) => openPrefix(`${names.get(store)}/`),
      createBrokenStore: () => durableObjectStore(BROKEN),
    }),
  };
}

/** Lists the clauses instead of running them. */
export function listClauses(factory: StoreFactory): readonly ListedClause[] {
  const listed: ListedClause[] = [];
  testStoreContract(
    { describe: (_name, define) => define(), it: (title, run) => listed.push({ title, run }) },
    factory,
  );
  return listed;
}
