import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { issue } from '@coatcheck/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresStore } from '../src/index.ts';
import { countingSessions, load, makeRecord } from './support/record.ts';
import { TestServer } from './support/server.ts';
import type { Report, Task } from './support/shopper.ts';

const CONDITIONS = '--conditions=@coatcheck/source';
const PATIENCE = 30_000;
/** `pnpm --filter @coatcheck/postgres crashes` kills as often as the README says, which takes minutes. */
const IS_LONG = process.env['CRASHES'] === 'all';
const CLIENT_KILLS = IS_LONG ? 50 : 12;
const SERVER_KILLS = IS_LONG ? 10 : 3;
const LANES = 4;

let server: TestServer;
let pool: pg.Pool;
beforeAll(async () => {
  // What was acknowledged and not flushed would be lost for certain: the store must not take over that the server does not wait.
  server = await TestServer.start({ synchronous_commit: 'off', wal_writer_delay: '10s', fsync: 'on' });
  pool = new pg.Pool({ ...server.address, max: 10 });
  pool.on('error', () => {});
}, 60_000);
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const programOf = (name: string): string => fileURLToPath(new URL(`./support/${name}.ts`, import.meta.url));
const argumentOf = (table: string): string =>
  JSON.stringify(['pg Pool', server.address, { table, queryTimeout: PATIENCE }]);

describe('no acknowledged write is lost', () => {
  it(`where a writing process is killed, ${CLIENT_KILLS} times`, async () => {
    const store = postgresStore(pool, { table: 'killed', queryTimeout: PATIENCE });
    await store.ready();
    const left = Array.from({ length: CLIENT_KILLS }, (_, at) => at);
    const lost: string[] = [];
    const lane = async (_: unknown, at: number): Promise<void> => {
      const key = `lane-${at}`;
      while (left.pop() !== undefined) {
        const acknowledged = await killWhileWriting(key);
        const { version = 0, body } = (await store.read(key)) ?? {};
        // One more may have been written whose acknowledgement died with the process.
        if (version < acknowledged || version > acknowledged + 1)
          lost.push(`${acknowledged} became ${version}`);
        if (body !== `${version} `.repeat(100)) lost.push(`the body of ${version}`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(lost).toEqual([]);
  }, 300_000);

  it(`where the server is killed, ${SERVER_KILLS} times while ${LANES} keys are written`, async () => {
    const store = postgresStore(pool, { table: 'crashed', queryTimeout: PATIENCE });
    await store.ready();
    const lost: string[] = [];
    let isOver = false;
    let writes = 0;
    const lane = async (_: unknown, at: number): Promise<void> => {
      const key = `lane-${at}`;
      let acknowledged = 0;
      while (!isOver) {
        try {
          const version = (await store.read(key))?.version ?? 0;
          if (version < acknowledged || version > acknowledged + 1)
            lost.push(`${acknowledged} became ${version}`);
          acknowledged = version;
          if (await store.compareAndSet(key, version === 0 ? null : version, makeRecord(version + 1))) {
            acknowledged = version + 1;
            writes += 1;
          }
        } catch {
          // The server is away. What became of the write the next read tells.
        }
      }
    };
    const lanes = Promise.all(Array.from({ length: LANES }, lane));
    for (let kill = 1; kill <= SERVER_KILLS; kill += 1) {
      const before = writes;
      await expect.poll(() => writes, { timeout: PATIENCE }).toBeGreaterThan(before + 50);
      await server.crash();
    }
    const before = writes;
    await expect.poll(() => writes, { timeout: PATIENCE }).toBeGreaterThan(before + 10);
    isOver = true;
    await lanes;
    expect(lost).toEqual([]);
  }, 300_000);
});

describe('four processes with a pool of ten each', () => {
  let processes: readonly ChildProcess[];
  beforeAll(async () => {
    await postgresStore(pool, { table: 'shared', queryTimeout: PATIENCE }).ready();
    processes = Array.from({ length: 4 }, () =>
      fork(programOf('shopper'), [argumentOf('shared')], { execArgv: [CONDITIONS] }),
    );
    await Promise.all(processes.map((child) => once(child, 'message')));
  }, 120_000);
  afterAll(() => {
    for (const child of processes) child.disconnect();
  });

  const sessions = () => countingSessions(postgresStore(pool, { table: 'shared', queryTimeout: PATIENCE }));

  it('keep all of 500 concurrent updates of one session, and reject none', async () => {
    const { cookie } = await issue(sessions());
    const failures = await inAll(processes, () => ({ kind: 'update', cookie, times: 125 }));
    expect(failures).toEqual([]);
    expect((await load(sessions(), cookie)).data.count).toBe(500);
    expect(server.log()).not.toContain('deadlock');
  }, 120_000);

  it('let 500 users sign in at the same moment, and reject none', async () => {
    const failures = await inAll(processes, (at) => ({
      kind: 'sign-in',
      prefix: `process-${at}`,
      times: 125,
    }));
    expect(failures).toEqual([]);
    expect(await sessions().list('process-3-124')).toHaveLength(1);
    expect(server.log()).not.toContain('deadlock');
  }, 120_000);
});

/** Gives each process its task at the same moment, and returns what failed. */
async function inAll(
  processes: readonly ChildProcess[],
  taskOf: (at: number) => Task,
): Promise<readonly string[]> {
  const reports = await Promise.all(
    processes.map(async (child, at): Promise<Report> => {
      child.send(taskOf(at));
      const [report]: Report[] = await once(child, 'message');
      return report ?? { took: [], failures: ['no report came'] };
    }),
  );
  const took = reports.flatMap((report) => report.took).sort((a, b) => a - b);
  if (process.env['SHOW_LATENCY'] !== undefined) {
    const at = (part: number): string => (took[Math.ceil(took.length * part) - 1] ?? 0).toFixed(0);
    process.stdout.write(`${taskOf(0).kind}: median ${at(0.5)} ms, 99 % ${at(0.99)} ms\n`);
  }
  return reports.flatMap(({ failures }) => failures);
}

/** Starts a writer, kills it after a random number of acknowledgements, and returns the last version that it acknowledged. */
async function killWhileWriting(key: string): Promise<number> {
  const writer = spawn(process.execPath, [CONDITIONS, programOf('writer'), argumentOf('killed'), key], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const wanted = 1 + Math.floor(Math.random() * 100);
  let output = '';
  for await (const chunk of writer.stdout) {
    output += String(chunk);
    if (output.split('\n').length > wanted) writer.kill('SIGKILL');
  }
  if (writer.signalCode === null && writer.exitCode === null) await once(writer, 'exit');
  expect(writer.signalCode).toBe('SIGKILL');
  // The last line may be cut.
  return Number(output.split('\n').at(-2));
}
