import { parseArray } from '../common/json.ts';
import { type RandomBytes, randomText } from '../common/random.ts';

/** 30 bits: enough to tell apart the few writes that one record lists. */
const ID_LENGTH = 5;
const ID_BYTES = 4;
/** How many writes a record lists at rest. A writer whose answer was lost finds itself as long as fewer came after it. */
const LISTED = 8;
/** How many it lists while writes follow each other without a pause, as several processes can make them. */
const LISTED_IN_A_BURST = 64;

/** The IDs of a record's last writes, the newest first, one after the other without anything between. */
export type WriteLog = string;

/** The log of a record that was never written. */
export const NO_WRITES: WriteLog = '';

/** Draws the ID by which a write is recognised in the record, and puts it in front of those before it. */
export function withNewWrite(log: WriteLog, randomBytes: RandomBytes, inBurst = false): WriteLog {
  const id = randomText(randomBytes, ID_BYTES).slice(0, ID_LENGTH);
  return (id + log).slice(0, (inBurst ? LISTED_IN_A_BURST : LISTED) * ID_LENGTH);
}

/** Tells whether a log has grown in a burst of writes that has not ended by the last of them. */
export function grewInBurst(log: WriteLog): boolean {
  return log.length > LISTED * ID_LENGTH;
}

/** Tells whether the newest write of one log is in another. */
export function holdsNewestOf(log: WriteLog, other: WriteLog): boolean {
  const id = other.slice(0, ID_LENGTH);
  if (id === '') return false;
  for (let i = 0; i < log.length; i += ID_LENGTH) if (log.startsWith(id, i)) return true;
  return false;
}

/** Reads the log out of a body, whatever kind of record it is of. */
export function writeLogOf(body: string): WriteLog {
  const headerEnd = body.indexOf('\n');
  const log = parseArray(headerEnd < 0 ? '' : body.slice(0, headerEnd))?.[1];
  return typeof log === 'string' ? log : NO_WRITES;
}
