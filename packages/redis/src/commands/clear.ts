import type { Deadline } from '../clients/deadline.ts';
import type { Driver, RecordDriver, Server } from '../clients/driver.ts';
import { hasPrefix, prefixPattern, redisKey } from '../records/keys.ts';
import { CLEAR_STEP, runScript } from './script.ts';

/** How many keys Redis examines in one step of a scan. It does nothing else during that step. */
const SCAN_COUNT = '1000';

/** Deletes every key of one prefix, on every server. Rejects if it cannot be sure that it reached all of them. */
export async function clearPrefix(driver: Driver, prefix: string, deadline: Deadline): Promise<void> {
  // The first command makes a client that is still connecting wait until it knows its servers.
  const anyKey = redisKey(prefix, '');
  await deadline.bound(driver.send(anyKey, ['exists', anyKey]));
  const servers = await deadline.bound(driver.primaries());
  const layout = driver.isCluster ? await clusterLayout(servers, deadline) : '';
  await Promise.all(servers.map((server) => clearServer(server, driver, prefix, deadline)));
  if (driver.isCluster && layout !== (await clusterLayout(servers, deadline))) {
    throw new Error('The cluster moved slots during clear(), so records may remain. Call clear() again.');
  }
}

/** Deletes every key of one prefix by scripts, for a service that may send a plain SCAN to a replica. */
export async function clearByScript(driver: RecordDriver, prefix: string, deadline: Deadline): Promise<void> {
  const unused = redisKey(prefix, '');
  let cursor = '0';
  do {
    const args = [cursor, prefixPattern(prefix), SCAN_COUNT, prefix];
    const step = runScript(CLEAR_STEP, unused, args, (command) => driver.send(unused, command));
    cursor = String(list(await deadline.bound(step))[0]);
  } while (cursor !== '0');
}

async function clearServer(
  server: Server,
  driver: Driver,
  prefix: string,
  deadline: Deadline,
): Promise<void> {
  const { addedPrefix, isCluster } = driver;
  const wholePrefix = addedPrefix + prefix;
  const pattern = prefixPattern(wholePrefix);
  let cursor = '0';
  do {
    const scan = ['scan', cursor, 'match', pattern, 'count', SCAN_COUNT];
    const [next, found] = readPage(await deadline.bound(server.send(scan)));
    const keys = found
      .filter((key) => hasPrefix(wholePrefix, key))
      .map((key) => key.slice(addedPrefix.length));
    // Keys of different slots cannot share a command.
    const groups = isCluster ? keys.map((key) => [key]) : keys.length > 0 ? [keys] : [];
    await Promise.all(
      groups.map(([key = '', ...others]) => deadline.bound(driver.send(key, ['unlink', key, ...others]))),
    );
    cursor = next;
  } while (cursor !== '0');
}

/** Describes which primary has which slots. Rejects unless these servers are all primaries and cover every slot. */
async function clusterLayout(servers: readonly Server[], deadline: Deadline): Promise<string> {
  const [first] = servers;
  if (first === undefined)
    throw new Error(
      'The client knows no primary of the cluster. Call clear() again once the client is connected.',
    );
  const ask = (server: Server, about: string): Promise<unknown> =>
    deadline.bound(server.send(['cluster', about]));
  const ids = new Set((await Promise.all(servers.map((server) => ask(server, 'myid')))).map(String));
  const ranges = readSlots(await ask(first, 'slots'));
  const covered = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (covered !== 16_384)
    throw new Error(
      `Only ${covered} of the cluster's 16384 slots have a primary. Call clear() again once the cluster has recovered.`,
    );
  if (!ranges.every(({ primary }) => ids.has(primary))) {
    throw new Error('The client does not know every primary of the cluster yet. Call clear() again later.');
  }
  return ranges
    .map(({ from, to, primary }) => `${from}-${to} ${primary}`)
    .sort()
    .join();
}

interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly primary: string;
}

function readSlots(reply: unknown): SlotRange[] {
  return list(reply).map((entry) => {
    const [from, to, primary] = list(entry);
    return { from: Number(from), to: Number(to), primary: String(list(primary)[2]) };
  });
}

function readPage(reply: unknown): [cursor: string, keys: string[]] {
  const [cursor, keys] = list(reply);
  return [String(cursor), list(keys).map(String)];
}

function list(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw new Error('Redis sent a reply that is not an array, in response to SCAN or CLUSTER SLOTS.');
}
