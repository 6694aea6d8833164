import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Sessions } from '@coatcheck/core';
import { issue } from '@coatcheck/core/testing';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { TestServer as PostgresServer } from '../../../packages/postgres/test/support/server.ts';
import { TestServer as RedisServer } from '../../../packages/redis/test/support/server.ts';
import { Line } from './support/line.ts';
import { openSessions, type Place, type ShopData } from './support/open-sessions.ts';

const CUT_FOR = 5000;

interface Opened {
  /** Resolves when the server has closed the socket. */
  readonly closed: Promise<unknown>;
  isClosed(): boolean;
}

describe.each(['postgres', 'redis'] as const)('with sessions in %s, a sign-out in process A', (kind) => {
  let server: PostgresServer | RedisServer;
  let line: Line;
  let here: Sessions<ShopData>;
  let closeHere: () => Promise<unknown>;
  let elsewhere: ChildProcess;
  let ports: readonly number[];
  const warnings: string[] = [];

  beforeAll(async () => {
    server = kind === 'postgres' ? await PostgresServer.start() : await RedisServer.start();
    const port = server instanceof PostgresServer ? server.address.port : server.port;
    line = await Line.to(port);
    ({ sessions: here, close: closeHere } = await openSessions({ kind, port }));
    const place: Place = { kind, port: line.port };
    elsewhere = fork(
      fileURLToPath(new URL('./support/process.ts', import.meta.url)),
      [JSON.stringify(place)],
      {
        execArgv: ['--conditions=@coatcheck/source'],
      },
    );
    elsewhere.on('message', ({ warning }: { warning?: string }) => {
      if (warning !== undefined) warnings.push(warning);
    });
    const [ready]: { ports: number[] }[] = await once(elsewhere, 'message');
    ports = ready?.ports ?? [];
  }, 60_000);

  afterAll(async () => {
    const exited = once(elsewhere, 'exit');
    elsewhere.disconnect();
    await exited;
    await closeHere();
    await line.stop();
    await server.stop();
  });

  const openWs = async (cookie: string): Promise<Opened> => {
    const socket = new WebSocket(`ws://127.0.0.1:${ports[0]}`, { headers: { cookie } });
    await once(socket, 'open');
    return { closed: once(socket, 'close'), isClosed: () => socket.readyState !== WebSocket.OPEN };
  };

  const openSocketIo = async (cookie: string): Promise<Opened> => {
    const socket = io(`http://127.0.0.1:${ports[1]}`, {
      extraHeaders: { cookie },
      reconnection: false,
      forceNew: true,
    });
    await new Promise<void>((resolve, reject) => {
      socket.on('connect', resolve);
      socket.on('connect_error', reject);
    });
    const closed = new Promise((resolve) => {
      socket.on('disconnect', resolve);
    });
    return { closed, isClosed: () => !socket.connected };
  };

  /** Signs a user in, opens a socket of each kind in process B, and signs out in process A. Returns what remains to be awaited. */
  async function signOut(userId: string, between: () => void = () => {}): Promise<readonly Opened[]> {
    const { cookie } = await issue(here, { userId });
    const sockets = [await openWs(cookie), await openSocketIo(cookie)];
    // Another session of the user, whose sockets must stay open.
    const other = await issue(here, { userId });
    const open = [await openWs(other.cookie), await openSocketIo(other.cookie)];
    between();
    await sessionOf(cookie).then((session) => session.destroy());
    expect(open.some((each) => each.isClosed())).toBe(false);
    return sockets;
  }

  function sessionOf(cookie: string) {
    const request = {
      method: 'POST',
      host: 'localhost',
      ip: undefined,
      header: (name: string) => (name === 'cookie' ? cookie : undefined),
      query: () => undefined,
      form: () => undefined,
    };
    return here.open(request).session.load();
  }

  async function timeUntilClosed(sockets: readonly Opened[]): Promise<number> {
    const start = performance.now();
    await Promise.all(sockets.map(({ closed }) => closed));
    return performance.now() - start;
  }

  it('closes the sockets of ws and of Socket.IO in process B within 1 s', async () => {
    // The first watch opens the subscription.
    await signOut('warm-up').then(timeUntilClosed);
    const took = await timeUntilClosed(await signOut('ada'));
    report(`${kind}: ${took.toFixed(0)} ms after the sign-out`);
    expect(took).toBeLessThan(1000);
  }, 30_000);

  it.each(['broken', 'silent'] as const)(
    'closes them within 1 s of the return of a subscription that was %s for 5 s, and the loss is said',
    async (how) => {
      warnings.length = 0;
      const sockets = await signOut(`user-${how}`, () => line.cut(how));
      await new Promise((resolve) => setTimeout(resolve, CUT_FOR));
      expect(sockets.some((each) => each.isClosed())).toBe(false);
      line.mend();
      const took = await timeUntilClosed(sockets);
      report(`${kind}: ${took.toFixed(0)} ms after the return of a ${how} line`);
      expect(took).toBeLessThan(1000);
      if (how === 'broken') expect(warnings).toContain('subscription-lost');
    },
    60_000,
  );
});

function report(line: string): void {
  if (process.env['SHOW_LATENCY'] !== undefined) process.stdout.write(`${line}\n`);
}
