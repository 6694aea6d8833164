import { SessionError } from '../common/errors.ts';
import { randomStep } from '../common/random.ts';
import type { Config } from '../config/config.ts';
import type { StoreRecord } from '../store/store.ts';
import { outcomeUnknown, type StoreFault } from '../store/store-fault.ts';
import type { StorePort } from '../store/store-port.ts';
import { withNewWrite } from '../store/write-log.ts';
import { decodeIndex, encodeIndex, NO_INDEX, type UserIndex, userKey } from './user-index.ts';

const CREATE_ATTEMPTS = 3;

/** A user's index as it was read, with its key in the store, and its record; undefined if there is none yet. */
export interface ReadIndex {
  readonly key: string;
  readonly index: UserIndex;
  readonly record: StoreRecord | undefined;
}

/** Reads and writes users' indexes, each write over the version that was read. */
export class UserIndexStore {
  readonly #port: StorePort;
  readonly #randomBytes: Config<object>['randomBytes'];

  constructor(port: StorePort, randomBytes: Config<object>['randomBytes']) {
    this.#port = port;
    this.#randomBytes = randomBytes;
  }

  /** Reads a user's index. */
  async read(userId: string): Promise<ReadIndex> {
    const key = userKey(userId);
    const record = await this.#port.read(key);
    if (record === undefined) return { key, index: NO_INDEX, record };
    const index = decodeIndex(record);
    if (index === undefined) throw unreadableIndex();
    return { key, index, record };
  }

  /** Writes an index over what was read, and returns it as written; undefined if another writer came first. */
  async write({ key, record }: ReadIndex, index: UserIndex): Promise<ReadIndex | undefined> {
    const port = this.#port;
    // A new index begins at a random version, so that one that a store lost is not confused with it.
    const version = (record?.version ?? 0) + randomStep(this.#randomBytes);
    const written = { ...index, writes: withNewWrite(index.writes, this.#randomBytes) };
    const next = encodeIndex(written, version);
    if (record !== undefined) {
      const outcome = await port.write({
        key,
        base: record,
        next,
        until: Infinity,
        isKnownMissing: () => true,
      });
      return outcome.kind === 'written' ? { key, index: written, record: next } : undefined;
    }
    let fault: StoreFault | undefined;
    for (let attempt = 1; attempt <= CREATE_ATTEMPTS; attempt += 1) {
      const created = await port.create(key, next);
      if (created === true) return { key, index: written, record: next };
      if (created !== false) fault = created;
      if ((await port.read(key)) !== undefined) return undefined;
    }
    throw outcomeUnknown(fault);
  }
}

function unreadableIndex(): SessionError {
  return new SessionError(
    'ERR_STORE_UNAVAILABLE',
    "The user's list of sessions in the store cannot be read: it is corrupt or was written by a newer version. Until it can, the user cannot sign in and their sessions cannot be revoked.",
  );
}
