import { sha256Base64url } from '#digest';
import { SessionError } from '../common/errors.ts';
import { parseArray } from '../common/json.ts';
import type { StoreRecord } from '../store/store.ts';
import { NO_WRITES, type WriteLog } from '../store/write-log.ts';

const INDEX_FORMAT = 2;
const LONGEST_USER_ID = 256;
const KEY_PREFIX = 'user.';

/** What a user's index record says: which sessions may be alive, and in which epoch they signed in. */
export interface UserIndex {
  readonly writes: WriteLog;
  /** Raised by `revokeUser`: a sign-in that began in an earlier epoch does not complete. */
  readonly epoch: number;
  /** The sessions in the order of their sign-ins, the latest last. */
  readonly sessions: readonly ListedSession[];
  readonly expiresAt: number;
}

/** One line of an index. */
export interface ListedSession {
  readonly id: string;
  readonly epoch: number;
}

/** What stands for an index that was never written. */
export const NO_INDEX: UserIndex = { writes: NO_WRITES, epoch: 0, sessions: [], expiresAt: 0 };

/** Derives the store's key of a user's index. It holds a dot, so no session ID can spell it; the user ID itself stays out of the key. */
export function userKey(userId: string): string {
  return KEY_PREFIX + sha256Base64url(userId);
}

/** Refuses what is no user ID: an empty text, one that is not well-formed Unicode, or one over 256 bytes. */
export function checkUserId(userId: unknown): asserts userId is string {
  const fault =
    typeof userId !== 'string'
      ? `a ${typeof userId}`
      : userId === ''
        ? 'an empty text'
        : new TextEncoder().encode(userId).length > LONGEST_USER_ID
          ? `a text of over ${LONGEST_USER_ID} bytes`
          : new TextDecoder().decode(new TextEncoder().encode(userId)) !== userId
            ? 'a text that is not well-formed Unicode'
            : undefined;
  if (fault === undefined) return;
  throw new SessionError(
    'ERR_CONFIG',
    `A user ID must be a text of 1 to ${LONGEST_USER_ID} bytes; received ${fault}. Pass the ID that your database knows the user by.`,
  );
}

/** Lists a session last, also where it is listed already, and keeps the index as long as the session can live. */
export function listed(index: UserIndex, session: ListedSession, until: number): UserIndex {
  return {
    ...index,
    epoch: Math.max(index.epoch, session.epoch),
    sessions: [...index.sessions.filter(({ id }) => id !== session.id), session],
    expiresAt: Math.max(index.expiresAt, until),
  };
}

/** Takes sessions off the list. Only what is dead may leave it. */
export function unlisted(index: UserIndex, ids: ReadonlySet<string>): UserIndex {
  return { ...index, sessions: index.sessions.filter(({ id }) => !ids.has(id)) };
}

/** Begins a new epoch, into which only `except` is carried over; not even that where an earlier revocation has not come to it yet. */
export function epochRaised(index: UserIndex, except: string | undefined, until: number): UserIndex {
  const epoch = index.epoch + 1;
  return {
    ...index,
    epoch,
    sessions: index.sessions.map((each) =>
      each.id === except && each.epoch === index.epoch ? { ...each, epoch } : each,
    ),
    expiresAt: Math.max(index.expiresAt, until),
  };
}

/** Writes an index as a record. */
export function encodeIndex(index: UserIndex, version: number): StoreRecord {
  const header = [
    INDEX_FORMAT,
    index.writes,
    index.epoch,
    index.sessions.map(({ id, epoch }) => [id, epoch]),
  ];
  return { version, expiresAt: index.expiresAt, body: `${JSON.stringify(header)}\n` };
}

/** Reads an index from its record; undefined where it is corrupt or of a newer format. */
export function decodeIndex(record: StoreRecord): UserIndex | undefined {
  const header = parseArray(record.body);
  if (header === undefined || header[0] !== INDEX_FORMAT) return undefined;
  const [, writes, epoch, sessions] = header;
  if (typeof writes !== 'string' || typeof epoch !== 'number' || !Array.isArray(sessions)) return undefined;
  const list: ListedSession[] = [];
  for (const each of sessions) {
    const [id, since]: readonly unknown[] = Array.isArray(each) ? each : [];
    if (typeof id !== 'string' || typeof since !== 'number') return undefined;
    list.push({ id, epoch: since });
  }
  return { writes, epoch, sessions: list, expiresAt: record.expiresAt };
}

/** Makes the error for a user who has as many sessions as allowed. */
export function userLimit(max: number): SessionError {
  return new SessionError(
    'ERR_USER_LIMIT',
    `The user has ${max} sessions already, which is the limit (perUser.max), and onExceed is 'refuse'. Nothing was changed; let them end one of sessions.list() first.`,
  );
}
