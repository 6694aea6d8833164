import { createHash } from 'node:crypto';
import type { Command } from '../clients/driver.ts';

/** A Lua script and the SHA-1 under which Redis caches it. */
export interface Script {
  readonly lua: string;
  readonly sha1: string;
}

/**
 * Writes or deletes a record if its version is the expected one, in one step.
 *
 * KEYS[1]: the key. ARGV[1]: the start of the expected record's value, empty if there must be no record. ARGV[2] and ARGV[3]: the new
 * value and its PXAT; without them the record is deleted. Returns 1 if it wrote or deleted, otherwise 0.
 *
 * GETEX without options changes nothing but counts as a write command, so a replica rejects it. A replica, which may lag
 * behind, can therefore never report a failed comparison. If the comparison succeeds, the replica rejects SET and DEL.
 */
export const COMPARE_AND_SET: Script = script(`\
local expected = ARGV[1]
local same
if expected == '' then
  same = redis.call('EXISTS', KEYS[1]) == 0
else
  same = redis.call('GETRANGE', KEYS[1], 0, #expected - 1) == expected
end
if not same then
  redis.call('GETEX', KEYS[1])
  return 0
end
if ARGV[2] then
  redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
else
  redis.call('DEL', KEYS[1])
end
return 1
`);

/** Returns the time of the server that has KEYS[1], in milliseconds since the epoch. */
export const CLOCK: Script = script(`\
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
`);

/**
 * Reads a record and writes it again unchanged, or deletes it again if it is absent, so that the replicas receive it once more.
 *
 * KEYS[1]: the key. Returns the value, or nil.
 */
export const REWRITE: Script = script(`\
local value = redis.call('GET', KEYS[1])
if value then
  redis.call('SET', KEYS[1], value, 'KEEPTTL')
else
  redis.call('SET', KEYS[1], '', 'PX', 1000)
  redis.call('DEL', KEYS[1])
end
return value
`);

function script(lua: string): Script {
  return { lua, sha1: createHash('sha1').update(lua).digest('hex') };
}

/** Runs a script for one key by its SHA-1, or in full if Redis does not know it: after a restart, a failover or SCRIPT FLUSH. */
export async function runScript(
  { lua, sha1 }: Script,
  key: string,
  args: readonly string[],
  send: (command: Command) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await send(['evalsha', sha1, '1', key, ...args]);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return await send(['eval', lua, '1', key, ...args]);
  }
}
