import { sha256Base64url } from '#digest';
import { SessionError } from '../common/errors.ts';
import { parseArray } from '../common/json.ts';
import type { StoreRecord } from '../store/store.ts';
import { NO_WRITES, type WriteLog } from '../store/write-log.ts';

const INDEX_FORMAT = 2;
const MAX_USER_ID_BYTES = 256;
const KEY_PREFIX = 'user.';

/** A user's index: which sessions may be alive, and in which epoch each signed in. */
export interface UserIndex {
  readonly writes: WriteLog;
  /** Raised by `revokeUser`. A sign-in that began in an earlier epoch does not complete. */
  readonly epoch: number;
  /** In the order of sign-in, the latest last. */
  readonly sessions: readonly ListedSession[];
  readonly expiresAt: number;
}

/** One entry of an index. */
export interface ListedSession {
  readonly id: string;
  readonly epoch: number;
}

/** The index of a user who never signed in. */
export const NO_INDEX: UserIndex = { writes: NO_WRITES, epoch: 0, sessions: [], expiresAt: 0 };

/** Derives the store's key of a user's index. It contains a dot, so it cannot be a session ID, and a hash instead of the user ID. */
export function userKey(userId: string): string {
  return KEY_PREFIX + sha256Base64url(userId);
}

/**
 * Checks a user ID: a well-formed Unicode string of 1 to 256 bytes in UTF-8.
 *
 * @throws `ERR_CONFIG`
 */
export function checkUserId(userId: unknown): asserts userId is string {
  const fault = faultOf(userId);
  if (fault === undefined) return;
  const advice =
    typeof userId === 'number' ? 'Pass String(user.id).' : "Pass the user's ID in your database.";
  throw new SessionError(
    'ERR_CONFIG',
    `A user ID must be a string of 1 to ${MAX_USER_ID_BYTES} bytes; received ${fault}. ${advice}`,
  );
}

function faultOf(userId: unknown): string | undefined {
  if (userId === undefined || userId === null) return String(userId);
  if (typeof userId !== 'string') return typeof userId === 'object' ? 'an object' : `a ${typeof userId}`;
  if (userId === '') return 'an empty string';
  // A UTF-16 unit takes at most three bytes in UTF-8, so most IDs need no count.
  if (userId.length * 3 > MAX_USER_ID_BYTES && new TextEncoder().encode(userId).length > MAX_USER_ID_BYTES)
    return `a string of over ${MAX_USER_ID_BYTES} bytes`;
  return userId.isWellFormed() ? undefined : 'a string that is not well-formed Unicode';
}

/** Adds a session at the end of the list, or moves it there, and keeps the index as long as the session can live. */
export function addSession(index: UserIndex, session: ListedSession, until: number): UserIndex {
  return {
    ...index,
    epoch: Math.max(index.epoch, session.epoch),
    sessions: [...index.sessions.filter(({ id }) => id !== session.id), session],
    expiresAt: Math.max(index.expiresAt, until),
  };
}

/** Removes sessions from the list. Only dead sessions may be removed. */
export function removeSessions(index: UserIndex, ids: ReadonlySet<string>): UserIndex {
  return { ...index, sessions: index.sessions.filter(({ id }) => !ids.has(id)) };
}

/** Begins a new epoch and moves only `except` into it, unless an earlier revocation has still to end that session. */
export function raiseEpoch(index: UserIndex, except: string | undefined, until: number): UserIndex {
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

/** Encodes an index. */
export function encodeIndex(index: UserIndex, version: number): StoreRecord {
  const header = [
    INDEX_FORMAT,
    index.writes,
    index.epoch,
    index.sessions.map(({ id, epoch }) => [id, epoch]),
  ];
  return { version, expiresAt: Math.ceil(index.expiresAt), body: `${JSON.stringify(header)}\n` };
}

/** Decodes an index; undefined if the record is corrupt or of a newer format. */
export function decodeIndex(record: StoreRecord): UserIndex | undefined {
  const header = parseArray(record.body);
  if (header === undefined || header[0] !== INDEX_FORMAT) return undefined;
  const [, writes, epoch, sessions] = header;
  if (typeof writes !== 'string' || !isEpoch(epoch) || !Array.isArray(sessions)) return undefined;
  const list: ListedSession[] = [];
  for (const each of sessions) {
    const [id, since]: readonly unknown[] = Array.isArray(each) ? each : [];
    if (typeof id !== 'string' || !isEpoch(since)) return undefined;
    list.push({ id, epoch: since });
  }
  return { writes, epoch, sessions: list, expiresAt: record.expiresAt };
}

function isEpoch(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isSafeInteger(value + 1);
}

/** Makes the error for a user who has as many sessions as allowed. */
export function userLimit(max: number): SessionError {
  return new SessionError(
    'ERR_USER_LIMIT',
    `The user already has ${max} sessions, the limit set by perUser.max, and perUser.onExceed is 'refuse'. Nothing was changed. Let the user end one of sessions.list() first.`,
  );
}
