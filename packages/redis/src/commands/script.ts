import type { Command } from '../clients/driver.ts';

/** A Lua script and the SHA-1 under which Redis caches it. The sum is written down, since not every runtime has `node:crypto`. */
export interface Script {
  readonly sha1: string;
  readonly lua: string;
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
export const COMPARE_AND_SET: Script = {
  sha1: '73492cf3b2e13b039155660097039af93a0249bf',
  lua: `\
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
`,
};

/** Returns the time of the server that has KEYS[1], in milliseconds since the epoch. */
export const CLOCK: Script = {
  sha1: 'e58a28eaa3df56f3f110b827b058ccf94c64ccdd',
  lua: `\
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
`,
};

/**
 * Reads a record and writes it again unchanged, or deletes it again if it is absent, so that the replicas receive it once more.
 *
 * KEYS[1]: the key. Returns the value, or nil.
 */
export const REWRITE: Script = {
  sha1: '58f1728860601c13f2cfbe355f305f446a21f717',
  lua: `\
local value = redis.call('GET', KEYS[1])
if value then
  redis.call('SET', KEYS[1], value, 'KEEPTTL')
else
  redis.call('SET', KEYS[1], '', 'PX', 1000)
  redis.call('DEL', KEYS[1])
end
return value
`,
};

/**
 * Reads a record in the same way, for a service that chooses the server by the command: one that runs scripts on its primary. Returns a list of the value or nil.
 *
 * KEYS[1]: the key.
 */
export const READ: Script = {
  sha1: '819c71c340fa997de700ce02da72dd195de0e441',
  lua: `\
return {redis.call('GETEX', KEYS[1])}
`,
};

/**
 * Deletes the keys of one prefix that one step of a scan finds.
 *
 * KEYS[1]: a key of the prefix that no record has. ARGV: the cursor, the pattern, how many keys to examine, and the prefix. Returns a list of the next cursor. A replica,
 * which may lack keys, rejects the first command.
 */
export const CLEAR_STEP: Script = {
  sha1: '3246a218ed16e866f6351a6ed8e8942ede899a94',
  lua: `\
redis.call('UNLINK', KEYS[1])
local page = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
for _, key in ipairs(page[2]) do
  if not string.find(key, ':', #ARGV[4] + 1, true) then
    redis.call('UNLINK', key)
  end
end
return {page[1]}
`,
};

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
