import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionStore } from '@coatcheck/core';
import { createSessions, session } from '@coatcheck/express';
import { redisStore } from '@coatcheck/redis';
import { sqliteStore } from '@coatcheck/sqlite';
import express from 'express';
import { createClient } from 'redis';
import { TestServer } from '../packages/redis/test/support/server.ts';

// Measures how long another visitor's reads take while one account keeps the server busy: 300 sign-ins, 400 finishes with one cookie, 1,000 updates of one
// 60 kB session; and, to compare with, 400 requests of a handler that uses no session. The server and the account's client are processes of their own.
// `pnpm --filter bench interference`; `--quick` runs it small, and its figures mean nothing.
const isQuick = process.argv.includes('--quick');
/** How long the visitor reads alone before each round. */
const IDLE_MS = isQuick ? 300 : 700;
const PROBE_INTERVAL_MS = 4;
/** How many requests of the busy account are under way at a time; `--connections=32` for more. */
const CONNECTIONS = Number(/--connections=(\d+)/.exec(process.argv.join(' '))?.[1] ?? 8);
/** Idle and busy moments alternate, so that a slow moment of the machine falls on both. */
const ROUNDS = isQuick ? 1 : 20;
/** So many rounds first, until the server's code is compiled. */
const WARM_UP_ROUNDS = isQuick ? 1 : 4;
const MAX_RATIO = 5;
const TEXT = 'x'.repeat(60_000);

interface Data {
  count: number;
  text: string;
}

declare module '@coatcheck/express' {
  interface Register {
    visit: Data;
  }
}

/** A response: its status, and the cookie that it sets. */
interface Reply {
  readonly status: number;
  readonly cookie: string | undefined;
}

type Send = (method: string, path: string, cookie?: string) => Promise<Reply>;

/** What the busy account does, with a cookie of its own. */
interface Load {
  readonly name: string;
  readonly requests: number;
  readonly path: string;
  readonly prepare: (send: Send) => Promise<string | undefined>;
  /** Shows what any request costs the others: no limit applies. */
  readonly isReference?: boolean;
}

const LOADS: readonly Load[] = [
  {
    name: '400 requests without a session',
    requests: 400,
    path: '/bare',
    prepare: async () => undefined,
    isReference: true,
  },
  { name: '300 sign-ins', requests: 300, path: '/sign-in', prepare: fillList },
  {
    name: '400 finishes',
    requests: 400,
    path: '/finish',
    prepare: async (send) => (await send('POST', '/sign-in')).cookie,
  },
  {
    name: '1,000 updates of 60 kB',
    requests: 1000,
    path: '/update',
    prepare: async (send) => (await send('POST', '/large')).cookie,
  },
];

const [, , role, address] = process.argv;
if (role === 'serve') await serve(address ?? '');
else if (role === 'account') beAccount(Number(address));
else await measureAll();

async function measureAll(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'coatcheck-interference-'));
  const redis = await TestServer.start();
  const stores = {
    SQLite: `sqlite:${join(directory, 'sessions.db')}`,
    Redis: `redis://127.0.0.1:${redis.port}`,
  };
  console.log('| store | one account | idle p99 | p99 meanwhile | ratio | slowest | failed |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  try {
    for (const [store, url] of Object.entries(stores)) {
      for (const load of LOADS) {
        report(store, load, await measure(url, load));
      }
    }
  } finally {
    await redis.stop();
    rmSync(directory, { recursive: true });
  }
}

interface Row {
  readonly idle: number;
  readonly busy: number;
  readonly slowest: number;
  readonly failed: number;
}

/** Prints one row. */
function report(store: string, load: Load, row: Row): void {
  const ratio = row.busy / row.idle;
  if (ratio >= MAX_RATIO && !isQuick && load.isReference !== true) process.exitCode = 1;
  const cells = [store, load.name, ms(row.idle), ms(row.busy), ratio.toFixed(1), ms(row.slowest), row.failed];
  console.log(`| ${cells.join(' | ')} |`);
}

/** Measures a server that has served such a load before, as one in use has. The reads of all rounds count together, since one round has too few for a 99th percentile. */
async function measure(url: string, load: Load): Promise<Row> {
  const server = start('serve', url, { NODE_ENV: 'production' });
  const [port]: unknown[] = await once(server, 'message');
  const account = start('account', String(port));
  // On a machine of its own the account's client would take no time from the server.
  if (account.pid !== undefined) setPriority(account.pid, constants.priority.PRIORITY_LOW);
  try {
    const own = sender(Number(port), 1);
    const visitor = (await own('POST', '/update')).cookie;
    const probe = () => own('GET', '/read', visitor);
    let failed = 0;
    const order = async (task: 'prepare' | 'run') => {
      account.send({ task, name: load.name });
      const [count]: unknown[] = await once(account, 'message');
      failed += Number(count);
    };
    const round = async () => {
      await order('prepare');
      const alone = await probeWhile(probe, sleep(IDLE_MS));
      return { alone, beside: await probeWhile(probe, order('run')) };
    };
    for (let i = 0; i < WARM_UP_ROUNDS; i += 1) await round();
    const idle: number[] = [];
    const busy: number[] = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      const { alone, beside } = await round();
      idle.push(...alone);
      busy.push(...beside);
    }
    return {
      idle: percentile(idle, 0.99),
      busy: percentile(busy, 0.99),
      slowest: percentile(busy, 1),
      failed,
    };
  } finally {
    await stop(account);
    await stop(server);
  }
}

function start(role: 'serve' | 'account', address: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return fork(import.meta.filename, [role, address, ...process.argv.slice(2)], {
    execArgv: process.execArgv,
    env: { ...process.env, ...env },
  });
}

/** Does what it is told to over connections of its own, and tells how many requests failed. */
function beAccount(port: number): void {
  const send = sender(port, CONNECTIONS);
  let cookie: string | undefined;
  process.on(
    'message',
    async ({ task, name }: { readonly task: 'prepare' | 'run'; readonly name: string }) => {
      const load = LOADS.find((each) => each.name === name);
      if (load === undefined) throw new Error(`There is no load named ${name}`);
      let failed = 0;
      if (task === 'prepare') {
        cookie = await load.prepare(send);
      } else {
        let left = isQuick ? 20 : load.requests;
        const connection = async () => {
          while (left > 0) {
            left -= 1;
            if ((await send('POST', load.path, cookie)).status >= 500) failed += 1;
          }
        };
        await Promise.all(Array.from({ length: CONNECTIONS }, connection));
      }
      process.send?.(failed);
    },
  );
  process.on('disconnect', () => process.exit());
}

/** Reads again and again until something else is done, and gives how long each read took. */
async function probeWhile(probe: () => Promise<Reply>, until: Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  let isOver = false;
  const watch = until.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const start = performance.now();
    const { status } = await probe();
    if (status !== 200) throw new Error(`A read got the status ${status}`);
    times.push(performance.now() - start);
    await sleep(PROBE_INTERVAL_MS);
  }
  await watch;
  return times;
}

/** Fills the list of the account's sessions. */
async function fillList(send: Send): Promise<undefined> {
  for (let i = 0; i < (isQuick ? 5 : 100); i += 1) await send('POST', '/sign-in');
}

function sender(port: number, connections: number): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return (method, path, cookie) =>
    new Promise((resolve, reject) => {
      const headers = { 'sec-fetch-site': 'same-origin', ...(cookie !== undefined && { cookie }) };
      const sent = request({ port, host: '127.0.0.1', method, path, agent, headers }, (response) => {
        const [line] = response.headers['set-cookie'] ?? [];
        response.resume();
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, cookie: line?.slice(0, line.indexOf(';')) }),
        );
      });
      sent.on('error', reject);
      sent.end();
    });
}

async function serve(url: string): Promise<void> {
  const sessions = createSessions<Data>({
    store: await openStore(url),
    initial: () => ({ count: 0, text: '' }),
  });
  const app = express();
  app.post('/bare', (_req, res) => void res.send('done'));
  app.use(session(sessions, { as: 'visit' }));
  app.get('/read', (req, res) => void res.send(String(req.visit.data.count)));
  app.post('/update', async (req, res) => {
    await req.visit.update((data) => {
      data.count += 1;
    });
    res.send('updated');
  });
  app.post('/large', async (req, res) => {
    await req.visit.update({ text: TEXT });
    res.send('updated');
  });
  app.post('/sign-in', async (req, res) => {
    await req.visit.signIn('account');
    res.send('signed in');
  });
  app.post('/finish', async (req, res) => {
    res.send(String(await req.visit.finish('receipt', { keepUser: true })));
  });
  const server = app.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.send?.(port);
  });
  process.on('disconnect', () => process.exit());
}

async function openStore(url: string): Promise<SessionStore> {
  if (url.startsWith('sqlite:')) return sqliteStore(url.slice('sqlite:'.length));
  return redisStore(await createClient({ url }).connect());
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function ms(time: number): string {
  return `${time.toFixed(1)} ms`;
}
