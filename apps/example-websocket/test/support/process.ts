import { createServer } from 'node:http';
import { serveSockets } from '../../src/live-sockets.ts';
import { serveSocketIo } from '../../src/socket-io.ts';
import { openSessions, type Place } from './open-sessions.ts';

// Run as another process of the shop: serves sockets of ws and of Socket.IO, each on a port of its own, and tells what goes wrong.
const [, , argument = ''] = process.argv;
const place: Place = JSON.parse(argument);
const { sessions } = await openSessions(place, (event) => {
  if (event.type === 'warning') process.send?.({ warning: event.code });
});

const plain = createServer();
serveSockets(plain, sessions, async (session, sku, socket) => {
  const count = await session.update((data) => data.cart.push(sku));
  socket.send(String(count));
});
const withSocketIo = createServer();
serveSocketIo(withSocketIo, sessions);

const ports = await Promise.all(
  [plain, withSocketIo].map(
    (server) =>
      new Promise<number>((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : 0);
        });
      }),
  ),
);
process.on('disconnect', () => process.exit());
process.send?.({ ports });
