import { createServer } from 'node:http';
import { listen } from '@coatcheck/adapter-contract';
import { createSessions, memoryStore, type SessionEvent } from '@coatcheck/core';
import { fakeClock, issue } from '@coatcheck/core/testing';
import { io, type Socket } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { serveSocketIo } from '../src/socket-io.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start() {
  const clock = fakeClock();
  const events: SessionEvent[] = [];
  const sessions = createSessions({
    store: memoryStore(),
    initial: () => ({ cart: [] as string[] }),
    now: clock.now,
    broadcast: true,
    onEvent: (event) => events.push(event),
  });
  const server = createServer();
  const io = serveSocketIo(server, sessions);
  const { url } = await listen(server);
  closing.push(() => io.close());
  const { cookie, sessionId } = await issue(sessions, { userId: 'ada' });
  return { clock, events, sessions, url, cookie, sessionId };
}

function connect(url: string, headers: Record<string, string>, transports: string[]): Socket {
  const socket = io(url, { extraHeaders: headers, reconnection: false, forceNew: true, transports });
  closing.push(() => socket.close());
  return socket;
}

const connected = (socket: Socket) =>
  new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve);
    socket.on('connect_error', reject);
  });

describe.each([[['polling']], [['websocket']], [['polling', 'websocket']]])(
  'Socket.IO over %j',
  (transports) => {
    it('opens the session of its cookie, and saves before it replies', async () => {
      const { url, cookie, sessions, sessionId } = await start();
      const socket = connect(url, { cookie }, transports);
      await connected(socket);
      expect(await socket.emitWithAck('add', 'tea')).toBe(1);
      expect((await sessions.inspect(sessionId))?.data.cart).toEqual(['tea']);
    });

    it('is rejected without a session, and for a page of another site', async () => {
      const { url, cookie } = await start();
      await expect(connected(connect(url, {}, transports))).rejects.toThrow('Sign in first');
      const foreign = connect(url, { cookie, origin: 'https://evil.example' }, transports);
      await expect(connected(foreign)).rejects.toThrow();
    });

    it('does not extend the deadline by its polls, and does by an update', async () => {
      const { url, cookie, sessions, sessionId, clock, events } = await start();
      const before = (await sessions.inspect(sessionId))?.expiresAt;
      clock.advance('20m');
      const socket = connect(url, { cookie }, transports);
      await connected(socket);
      const poll = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers: { cookie } });
      expect(poll.headers.get('set-cookie')).toBeNull();
      expect((await sessions.inspect(sessionId))?.expiresAt).toEqual(before);
      expect(events.filter(({ type }) => type === 'touched' || type === 'renewed')).toEqual([]);
      await socket.emitWithAck('add', 'tea');
      expect(Number((await sessions.inspect(sessionId))?.expiresAt)).toBeGreaterThan(Number(before));
    });

    it('is disconnected when its session ends', async () => {
      const { url, cookie, sessions, sessionId } = await start();
      const socket = connect(url, { cookie }, transports);
      await connected(socket);
      const disconnected = new Promise((resolve) => socket.on('disconnect', resolve));
      await sessions.revoke('ada', sessionId);
      expect(await disconnected).toBe('io server disconnect');
    });
  },
);
