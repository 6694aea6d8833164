import { createServer, type IncomingMessage } from 'node:http';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SessionRequest } from '../../src/types.ts';
import { COMBINATIONS } from '../support/combinations.ts';
import { type Client, makeSession, serve } from '../support/serve.ts';

interface Data {
  views?: number;
}

function connect(url: string, browser: Client, transport: string): Socket {
  const socket = io(url, {
    transports: [transport],
    extraHeaders: { cookie: browser.cookieHeader },
    reconnection: false,
  });
  onTestFinished(() => {
    socket.disconnect();
  });
  return socket;
}

describe.each(COMBINATIONS)('on $name', ({ makeApp, makeStore }) => {
  // As the guide of socket.io has it.
  it.each(['polling', 'websocket'])('io.engine.use shares the session over %s', async (transport) => {
    const app = makeApp();
    const middleware = makeSession({ store: makeStore() });
    app.use(middleware);
    app.get('/', (req, res) => {
      const data = req.session as Data;
      data.views = (data.views ?? 0) + 1;
      res.json(data.views);
    });
    app.post('/sign-out', async (req, res) => {
      await req.session.destroy();
      res.end();
    });
    const http = createServer(app);
    const server = new Server(http);
    server.engine.use(middleware);
    server.on('connection', (socket) => {
      const { session } = socket.request as IncomingMessage & SessionRequest;
      socket.emit('views', (session as Data).views);
      socket.on('view', (acknowledge: (views: number | undefined) => void) => {
        const request = socket.request as IncomingMessage & SessionRequest;
        void request.session.reload((error) => {
          if (error) return socket.disconnect();
          const data = request.session as Data;
          data.views = (data.views ?? 0) + 1;
          void request.session.save(() => acknowledge(data.views));
          return undefined;
        });
      });
    });
    const { url, client } = await serve(http);
    const browser = client();
    await browser.get('/');
    const socket = connect(url, browser, transport);
    expect(await new Promise((resolve) => socket.once('views', resolve))).toBe(1);
    await browser.get('/');
    expect(await socket.emitWithAck('view')).toBe(3);
    expect(await browser.get('/')).toBe('4');
    const closed = new Promise((resolve) => socket.once('disconnect', resolve));
    await browser.post('/sign-out');
    socket.emit('view', () => {});
    expect(await closed).toBe('io server disconnect');
  });
});
