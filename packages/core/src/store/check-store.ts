import { SessionError } from '../common/errors.ts';
import type { RandomBytes } from '../common/random.ts';
import type { StoreRecord } from './store.ts';
import { outcomeUnknown } from './store-fault.ts';
import type { StorePort } from './store-port.ts';
import { NO_WRITES, withNewWrite } from './write-log.ts';

/** How long the record of a check would stay if the process ended before it is deleted, in milliseconds. */
const LIFETIME = 60_000;

/** Writes, reads and deletes one record under a key that nobody uses. Opens no session: its body is none. */
export async function checkStore(
  port: StorePort,
  key: string,
  now: number,
  randomBytes: RandomBytes,
): Promise<void> {
  const body = `${JSON.stringify([0, withNewWrite(NO_WRITES, randomBytes)])}\n`;
  const record: StoreRecord = { version: 1, expiresAt: now + LIFETIME, body };
  const created = await port.create(key, record);
  if (created !== true) throw outcomeUnknown(created === false ? undefined : created);
  const found = await port.read(key);
  if (found === undefined) {
    throw checkFailed(
      'does not return a record that it has just written. If the database removes expired records itself, compare its clock with that of this server: the record was to last one minute',
    );
  }
  if (found.version !== record.version || found.expiresAt !== record.expiresAt || found.body !== body) {
    throw checkFailed('returns another record than it has just written. Test it with testStoreContract()');
  }
  if ((await port.delete(key, record)) !== 'deleted' || (await port.read(key)) !== undefined) {
    throw checkFailed('still returns a record that it was to delete. Test it with testStoreContract()');
  }
}

function checkFailed(fault: string): SessionError {
  return new SessionError('ERR_STORE_UNAVAILABLE', `The session store failed its check: it ${fault}.`);
}
