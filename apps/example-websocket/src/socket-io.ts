import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { type Session, type Sessions, session } from '@coatcheck/express';
import { Server } from 'socket.io';

interface ShopData {
  cart: string[];
}

/** What session() puts on the request that opened a socket. */
type SessionRequest = IncomingMessage & { readonly session: Session<ShopData> };

/** Serves Socket.IO to signed-in users, and disconnects each socket when its session ends in any process. */
export function serveSocketIo(server: HttpServer, sessions: Sessions<ShopData>): Server {
  const io = new Server(server);
  io.engine.use(session(sessions));
  io.use((socket, next) => {
    const { userId } = sessionOf(socket.request);
    next(userId === undefined ? new Error('Sign in first') : undefined);
  });
  io.on('connection', (socket) => {
    const live = sessionOf(socket.request);
    const stop = live.watch(() => socket.disconnect(true));
    socket.on('disconnect', stop);
    socket.on('add', async (sku: unknown, reply: unknown) => {
      try {
        const count = await live.update((data) => data.cart.push(String(sku)));
        if (typeof reply === 'function') reply(count);
      } catch {
        socket.disconnect(true);
      }
    });
  });
  return io;
}

function sessionOf(request: IncomingMessage): Session<ShopData> {
  return (request as SessionRequest).session;
}
