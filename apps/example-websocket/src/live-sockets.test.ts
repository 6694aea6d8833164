import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { listen } from '@coatcheck/adapter-contract';
import { createSessions, memoryStore, type SessionStore, type Sessions } from '@coatcheck/core';
import { fakeClock, issue } from '@coatcheck/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type OnMessage, serveSockets } from './live-sockets.ts';

interface ShopData {
  cart: string[];
}

const addToCart: OnMessage<ShopData> = async (session, sku, socket) => {
  const count = await session.update((data) => data.cart.push(sku));
  socket.send(String(count));
};

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Starts one process of the shop: sessions, sockets and server. */
async function start({ store = memoryStore(), onMessage = addToCart } = {}) {
  const clock = fakeClock();
  const sessions = makeSessions(store, clock.now);
  const server = createServer();
  serveSockets(server, sessions, onMessage);
  const { url, close } = await listen(server);
  closing.push(close);
  const open = (headers: Record<string, string>) => {
    const socket = new WebSocket(url, { headers });
    socket.on('error', () => {});
    closing.push(() => socket.terminate());
    return socket;
  };
  return { url, clock, store, sessions, open };
}

function makeSessions(store: SessionStore, now: () => number): Sessions<ShopData> {
  return createSessions<ShopData>({ store, now, broadcast: true, initial: () => ({ cart: [] }) });
}

/** Starts a process, signs a user in, and opens a socket with the cookie. */
async function signedIn(options?: Parameters<typeof start>[0]) {
  const shop = await start(options);
  const { cookie, sessionId } = await issue(shop.sessions, { userId: 'ada' });
  const socket = shop.open({ cookie });
  await once(socket, 'open');
  return { ...shop, cookie, sessionId, socket };
}

async function send(socket: WebSocket, message: string): Promise<string> {
  const reply = once(socket, 'message');
  socket.send(message);
  return String((await reply)[0]);
}

async function closeCode(socket: WebSocket): Promise<unknown> {
  return (await once(socket, 'close'))[0];
}

async function refusal(socket: WebSocket): Promise<number | undefined> {
  const [, response]: [unknown, IncomingMessage] = await new Promise((resolve) => {
    socket.on('unexpected-response', (request, refused) => resolve([request, refused]));
  });
  return response.statusCode;
}

describe('an upgrade', () => {
  it('opens the session of its cookie, and each message is saved before the reply', async () => {
    const { socket, sessions, cookie } = await signedIn();
    expect(await send(socket, 'tea')).toBe('1');
    expect(await send(socket, 'milk')).toBe('2');
    expect(await cartOf(sessions, cookie)).toEqual(['tea', 'milk']);
  });

  it('gets a response without a cookie', async () => {
    const { open, cookie } = await signedIn();
    const [response]: IncomingMessage[] = await once(open({ cookie }), 'upgrade');
    expect(response?.headers['set-cookie']).toBeUndefined();
  });

  it('is rejected without a session or a signed-in user', async () => {
    const { open, sessions } = await start();
    const { cookie } = await issue(sessions);
    expect(await refusal(open({}))).toBe(401);
    expect(await refusal(open({ cookie }))).toBe(401);
  });

  it('is rejected for a page of another site, although its requests carry the cookie', async () => {
    const { open, cookie, url } = await signedIn();
    expect(await refusal(open({ cookie, origin: 'https://evil.example' }))).toBe(401);
    expect(await refusal(open({ cookie, 'sec-fetch-site': 'cross-site' }))).toBe(401);
    await once(open({ cookie, origin: url }), 'open');
  });

  it('is rejected if the store fails', async () => {
    const store = memoryStore();
    const { open, cookie } = await signedIn({ store });
    store.read = () => {
      throw new Error('down');
    };
    expect(await refusal(open({ cookie }))).toBe(503);
  });
});

describe('an open socket', () => {
  it('cannot sign in, because it could not send the cookie', async () => {
    const { socket } = await signedIn({
      onMessage: async (session, userId, opened) => {
        const outcome = await session.signIn(userId).catch((error) => error.code);
        opened.send(String(outcome));
      },
    });
    expect(await send(socket, 'ada')).toBe('ERR_RESPONSE_SEALED');
  });

  it('is closed at once if its session ends in the same process', async () => {
    const { socket, sessions, sessionId } = await signedIn();
    const closed = closeCode(socket);
    await sessions.revoke('ada', sessionId);
    expect(await closed).toBe(4401);
  });

  it('is closed at once if its user signs in again', async () => {
    const { socket, sessions, cookie } = await signedIn();
    const closed = closeCode(socket);
    await open(sessions, cookie).signIn('ada');
    expect(await closed).toBe(4401);
  });

  it('stays open if another session of the user ends', async () => {
    const { socket, sessions, sessionId } = await signedIn();
    await issue(sessions, { userId: 'ada' });
    await sessions.revokeUser('ada', { except: sessionId });
    expect(await send(socket, 'tea')).toBe('1');
  });

  it('is closed at once if its session was ended by another process, and the session does not come back', async () => {
    const { socket, sessions, store, clock, cookie } = await signedIn();
    expect(await send(socket, 'tea')).toBe('1');
    const closed = closeCode(socket);
    await makeSessions(store, clock.now).revokeUser('ada');
    expect(await closed).toBe(4401);
    expect(await cartOf(sessions, cookie)).toEqual([]);
    expect(await sessions.list('ada')).toEqual([]);
  });

  it('is closed by its next message if it was not told', async () => {
    const store = memoryStore();
    const { socket, clock } = await signedIn({ store: { ...store, publish() {} } });
    await makeSessions({ ...store, publish() {} }, clock.now).revokeUser('ada');
    const closed = closeCode(socket);
    socket.send('tea');
    expect(await closed).toBe(4401);
  });

  it('is closed at once if its session got a new secret', async () => {
    const { socket, sessions, cookie } = await signedIn();
    const closed = closeCode(socket);
    await open(sessions, cookie).renew();
    expect(await closed).toBe(4401);
    expect(await sessions.list('ada')).toHaveLength(1);
  });

  it('does not keep its session alive', async () => {
    const { sessions, clock } = await signedIn();
    clock.advance('31m');
    expect(await sessions.list('ada')).toEqual([]);
  });

  it('keeps saving when the cookie is renewed', async () => {
    const { socket, sessions, clock, cookie } = await signedIn();
    clock.advance('16m');
    await open(sessions, cookie).load();
    expect(await send(socket, 'tea')).toBe('1');
  });
});

/** Begins a request of the browser that has the cookie. */
function open(sessions: Sessions<ShopData>, cookie: string) {
  return sessions.open({
    method: 'POST',
    host: 'localhost',
    ip: undefined,
    header: (name) => (name === 'cookie' ? cookie : undefined),
    query: () => undefined,
    form: () => undefined,
  }).session;
}

async function cartOf(sessions: Sessions<ShopData>, cookie: string): Promise<readonly string[]> {
  return (await open(sessions, cookie).load()).data.cart;
}
