import type { TestServer } from '../../../../packages/redis/test/support/server.ts';

const HOST = '127.0.0.1';
const TIMEOUT = 5000;
const KEYS_AT_A_TIME = 100;

/**
 * Moves slots in which there are sessions from one primary to another, as `redis-cli --cluster reshard` does: while a slot moves, clients are redirected
 * with ASK, and afterwards with MOVED.
 */
export async function moveSlots(
  primaries: readonly TestServer[],
  pick: number,
  count: number,
): Promise<void> {
  const from = primaries[pick % primaries.length];
  const to = primaries[(pick + 1) % primaries.length];
  if (from === undefined || to === undefined || from === to)
    throw new Error('A cluster must have primaries.');
  const ids = [String(await from.send('cluster', 'myid')), String(await to.send('cluster', 'myid'))] as const;
  for (const slot of await slotsWithKeys(from, count)) {
    await to.send('cluster', 'setslot', slot, 'importing', ids[0]);
    await from.send('cluster', 'setslot', slot, 'migrating', ids[1]);
    await moveKeys(from, to, slot);
    // The new owner first, so that no moment is without one.
    for (const node of [to, from, ...primaries.filter((each) => each !== from && each !== to)]) {
      await node.send('cluster', 'setslot', slot, 'node', ids[1]);
    }
  }
}

async function moveKeys(from: TestServer, to: TestServer, slot: number): Promise<void> {
  for (;;) {
    const keys = await from.send('cluster', 'getkeysinslot', slot, KEYS_AT_A_TIME);
    if (!Array.isArray(keys) || keys.length === 0) return;
    await from.send('migrate', HOST, to.port, '', 0, TIMEOUT, 'keys', ...keys.map(String));
  }
}

/** Finds slots of a node that have keys. */
async function slotsWithKeys(node: TestServer, count: number): Promise<readonly number[]> {
  const slots = new Set<number>();
  let cursor = '0';
  do {
    const reply = await node.send('scan', cursor, 'count', 200);
    if (!Array.isArray(reply)) break;
    const [next, keys] = reply;
    cursor = String(next);
    for (const key of Array.isArray(keys) ? keys : []) {
      slots.add(Number(await node.send('cluster', 'keyslot', String(key))));
      if (slots.size === count) return [...slots];
    }
  } while (cursor !== '0');
  return [...slots];
}
