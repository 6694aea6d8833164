import { parseArray } from '../common/json.ts';
import { type RandomBytes, randomText } from '../common/random.ts';

/** 30 bits: enough to tell apart the few writes in one log. */
const ID_LENGTH = 5;
const ID_BYTES = 4;
/** How many writes are logged normally. A write whose result was lost is found as long as fewer came after it. */
const LOGGED = 8;
/** How many are logged during a burst, such as several processes that write without a pause. */
const LOGGED_IN_BURST = 64;

/** The IDs of a record's last writes, concatenated, newest first. */
export type WriteLog = string;

/** The log of a record that was never written. */
export const NO_WRITES: WriteLog = '';

/** Draws an ID for a new write and puts it at the front of the log. */
export function withNewWrite(log: WriteLog, randomBytes: RandomBytes, inBurst = false): WriteLog {
  const id = randomText(randomBytes, ID_BYTES).slice(0, ID_LENGTH);
  return (id + log).slice(0, (inBurst ? LOGGED_IN_BURST : LOGGED) * ID_LENGTH);
}

/** Tells whether the last write was part of a burst. */
export function grewInBurst(log: WriteLog): boolean {
  return log.length > LOGGED * ID_LENGTH;
}

/** Tells whether `log` contains the newest write of `other`. */
export function holdsNewestOf(log: WriteLog, other: WriteLog): boolean {
  const id = other.slice(0, ID_LENGTH);
  if (id === '') return false;
  for (let i = 0; i < log.length; i += ID_LENGTH) if (log.startsWith(id, i)) return true;
  return false;
}

/** Reads the log from a body, of a session's record or of a user's index. */
export function writeLogOf(body: string): WriteLog {
  const headerEnd = body.indexOf('\n');
  const log = parseArray(headerEnd < 0 ? '' : body.slice(0, headerEnd))?.[1];
  return typeof log === 'string' ? log : NO_WRITES;
}
