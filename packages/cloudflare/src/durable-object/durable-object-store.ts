import type { SessionStore, StoreRecord } from '@coatcheck/core';
import { bindingError, checkNames, hasMethod, optionError, platformError } from '../errors.ts';
import type { ObjectNamespace } from './binding.ts';
import { type Command, isRecord } from './command.ts';

/** Options of {@link durableObjectStore}. */
export interface DurableObjectStoreOptions {
  /** Keeps the sessions of several apps in one namespace apart. At most 100 characters. Default: `coatcheck`. */
  readonly prefix?: string;
}

/**
 * Keeps each record in a Durable Object of its own: all writes of a session meet in one place, near the visitor who began it. An alarm removes a record ten
 * minutes after its deadline.
 *
 * Returns the same store for the same namespace and options, so it may be called for each request. It has no `clear`, since a namespace cannot list its objects: `revokeAll()` rejects. Export {@link SessionObject} from the worker.
 *
 * @example
 * ```ts
 * import { env } from 'cloudflare:workers';
 * export { SessionObject } from '@coatcheck/cloudflare';
 * const sessions = createSessions({ store: durableObjectStore(env.SESSIONS) });
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if the binding is missing or of another kind, or an option is invalid.
 */
export function durableObjectStore<Id>(
  namespace: ObjectNamespace<Id>,
  options: DurableObjectStoreOptions = {},
): SessionStore {
  if (!hasMethod(namespace, 'idFromName') || !hasMethod(namespace, 'get')) {
    throw bindingError(
      'durableObjectStore(namespace)',
      namespace,
      'a Durable Object namespace such as env.SESSIONS',
      'durable_objects',
    );
  }
  checkNames('durableObjectStore', options, ['prefix']);
  const { prefix = 'coatcheck' } = options;
  if (typeof prefix !== 'string' || prefix.length > 100 || !prefix.isWellFormed()) {
    throw optionError('prefix', prefix, 'a string of at most 100 characters');
  }
  const known = STORES.get(namespace) ?? new Map<string, SessionStore>();
  STORES.set(namespace, known);
  const store = known.get(prefix) ?? storeOf(namespace, prefix);
  known.set(prefix, store);
  return store;
}

const STORES: WeakMap<object, Map<string, SessionStore>> = /* @__PURE__ */ new WeakMap();

function storeOf<Id>(namespace: ObjectNamespace<Id>, prefix: string): SessionStore {
  const call = async (key: string, command: Command): Promise<Readonly<Record<string, unknown>>> => {
    // Encoded, so that no two prefixes and keys make one name. A lone surrogate throws.
    const name = `${encodeURIComponent(prefix)}/${encodeURIComponent(key)}`;
    try {
      const object = namespace.get(namespace.idFromName(name));
      const response = await object.fetch('https://session/', {
        method: 'POST',
        body: JSON.stringify(command),
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      return JSON.parse(text);
    } catch (error) {
      throw platformError('The Durable Object', error);
    }
  };
  return {
    async read(key): Promise<StoreRecord | undefined> {
      const { record } = await call(key, { call: 'read' });
      if (record === undefined || isRecord(record)) return record;
      throw new Error('The Durable Object reported: a response that this store never makes');
    },
    async compareAndSet(key, expected, next): Promise<boolean> {
      const { won } = await call(key, { call: 'compareAndSet', expected, next });
      if (typeof won === 'boolean') return won;
      throw new Error('The Durable Object reported: a response that this store never makes');
    },
  };
}
