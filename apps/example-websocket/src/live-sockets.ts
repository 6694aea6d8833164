import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Session, Sessions } from '@coatcheck/core';
import { ParsedRequestView } from '@coatcheck/core/adapter';
import { type WebSocket, WebSocketServer } from 'ws';

/** The close code that tells the page that its session has ended. RFC 6455 leaves codes 4000 to 4999 to applications. */
const SESSION_ENDED = 4401;

/** Handles one message. If it rejects, the socket is closed. */
export type OnMessage<Data> = (session: Session<Data>, message: string, socket: WebSocket) => Promise<void>;

/** Opens a socket for each upgrade request with a signed-in session, and closes it when that session ends in any process. */
export function serveSockets<Data>(
  server: Server,
  sessions: Sessions<Data>,
  onMessage: OnMessage<Data>,
): void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', async (req, stream, head) => {
    stream.on('error', () => stream.destroy());
    const { method = 'GET', headers, socket } = req;
    const view = new ParsedRequestView({ method, headers, host: headers.host, ip: socket.remoteAddress });
    const visit = sessions.open(view);
    // A socket cannot set a cookie later, so sealing first makes sure that no new token is issued.
    visit.seal();
    try {
      await visit.session.load();
    } catch {
      return refuse(stream, '503 Service Unavailable');
    }
    if (visit.session.userId === undefined) return refuse(stream, '401 Unauthorized');
    sockets.handleUpgrade(req, stream, head, (opened) => serve(opened, visit.session, onMessage));
  });
}

function serve<Data>(socket: WebSocket, session: Session<Data>, onMessage: OnMessage<Data>): void {
  const stop = session.watch(() => socket.close(SESSION_ENDED));
  socket.on('close', stop);
  socket.on('error', () => socket.terminate());
  socket.on('message', (message) => {
    onMessage(session, String(message), socket).catch((error: unknown) => {
      const hasEnded = error instanceof Error && 'code' in error && error.code === 'ERR_SESSION_ENDED';
      socket.close(hasEnded ? SESSION_ENDED : 1011);
    });
  });
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
