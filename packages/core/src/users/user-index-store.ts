import { SessionError } from '../common/errors.ts';
import { randomStep } from '../common/random.ts';
import type { Config } from '../config/config.ts';
import type { StoreRecord } from '../store/store.ts';
import { outcomeUnknown, type StorePort } from '../store/store-port.ts';
import { withNewWrite } from '../store/write-log.ts';
import { decodeIndex, encodeIndex, NO_INDEX, type UserIndex, userKey } from './user-index.ts';

/** How often a change of one user's index is tried. Many devices signing in at once meet here. */
export const MAX_INDEX_ATTEMPTS = 100;
const CREATE_ATTEMPTS = 3;

/** A user's index as it was read, with its record; undefined where there is none yet. */
export interface ReadIndex {
  readonly index: UserIndex;
  readonly record: StoreRecord | undefined;
}

/** Reads and writes users' indexes: each change over the version that was read. */
export class UserIndexStore {
  readonly #port: StorePort;
  readonly #randomBytes: Config<object>['randomBytes'];

  constructor(port: StorePort, randomBytes: Config<object>['randomBytes']) {
    this.#port = port;
    this.#randomBytes = randomBytes;
  }

  /** Reads a user's index. */
  async read(userId: string): Promise<ReadIndex> {
    const record = await this.#port.read(userKey(userId));
    if (record === undefined) return { index: NO_INDEX, record };
    const index = decodeIndex(record);
    if (index === undefined) throw unreadableIndex();
    return { index, record };
  }

  /** Changes an index, again and again until nobody comes between; undefined leaves it as it is. The change must be one that may be applied twice. */
  async change(userId: string, change: (index: UserIndex) => UserIndex | undefined): Promise<UserIndex> {
    for (let attempt = 1; attempt <= MAX_INDEX_ATTEMPTS; attempt += 1) {
      const read = await this.read(userId);
      const next = change(read.index);
      if (next === undefined || (await this.write(userId, read, next))) return next ?? read.index;
    }
    throw indexContention();
  }

  /** Writes an index over what was read, and says whether nobody came between. */
  async write(userId: string, { record }: ReadIndex, index: UserIndex): Promise<boolean> {
    const port = this.#port;
    const key = userKey(userId);
    // An index that begins does so at a random version, so that one that a store lost is not taken for this one.
    const version = (record?.version ?? 0) + randomStep(this.#randomBytes);
    const next = encodeIndex({ ...index, writes: withNewWrite(index.writes, this.#randomBytes) }, version);
    if (record !== undefined) {
      const outcome = await port.write({
        key,
        base: record,
        next,
        until: Infinity,
        isKnownMissing: () => true,
      });
      return outcome.kind === 'written';
    }
    for (let attempt = 1; attempt <= CREATE_ATTEMPTS; attempt += 1) {
      if (await port.create(key, next)) return true;
      if ((await port.read(key)) !== undefined) return false;
    }
    throw outcomeUnknown();
  }
}

/** Makes the error for an index that others kept changing. */
export function indexContention(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONTENTION',
    "Other writers kept changing the user's list of sessions, so this call was given up. Retry it.",
  );
}

function unreadableIndex(): SessionError {
  return new SessionError(
    'ERR_STORE_UNAVAILABLE',
    "The user's list of sessions in the store cannot be read: it is corrupt or was written by a newer version. Until it can, the user cannot sign in and their sessions cannot be revoked.",
  );
}
