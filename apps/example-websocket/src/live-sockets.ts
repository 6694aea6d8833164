import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Session, SessionEvent, Sessions } from '@coatcheck/core';
import { ParsedRequestView } from '@coatcheck/core/adapter';
import { type WebSocket, WebSocketServer } from 'ws';

/** The close code that tells the page that its session has ended. RFC 6455 leaves codes 4000 to 4999 to applications. */
const SESSION_ENDED = 4401;

/** The events after which the token that opened the socket no longer works. */
const ENDING: readonly SessionEvent['type'][] = ['destroyed', 'revoked', 'finished', 'expired', 'signed-in'];

interface Live {
  readonly socket: WebSocket;
  readonly sessionId: string;
  readonly userId: string;
}

/** Handles one message. If it rejects, the socket is closed. */
export type OnMessage<Data> = (session: Session<Data>, message: string, socket: WebSocket) => Promise<void>;

/** Keeps the open sockets of one process, each with the session that opened it. */
export class LiveSockets<Data> {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #open = new Set<Live>();

  /** Handles the upgrade requests of a server. */
  listen(server: Server, sessions: Sessions<Data>, onMessage: OnMessage<Data>): void {
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
      const { id: sessionId, userId } = visit.session;
      if (sessionId === undefined || userId === undefined) return refuse(stream, '401 Unauthorized');
      this.#server.handleUpgrade(req, stream, head, (opened) => {
        this.#keep({ socket: opened, sessionId, userId }, visit.session, onMessage);
      });
    });
  }

  /** Closes the sockets of a session that ends in this process. Pass it to `createSessions({ onEvent })`. */
  onEvent = ({ type, sessionId }: SessionEvent): void => {
    if (ENDING.includes(type)) this.#close((live) => live.sessionId === sessionId);
  };

  /** Closes the sockets of sessions that ended in any process or expired. Call it about every 30 seconds. */
  async check(sessions: Sessions<Data>): Promise<void> {
    for (const userId of new Set([...this.#open].map((live) => live.userId))) {
      const alive = new Set((await sessions.list(userId)).map(({ id }) => id));
      this.#close((live) => live.userId === userId && !alive.has(live.sessionId));
    }
  }

  #keep(live: Live, session: Session<Data>, onMessage: OnMessage<Data>): void {
    const { socket } = live;
    this.#open.add(live);
    socket.on('close', () => this.#open.delete(live));
    socket.on('error', () => socket.terminate());
    socket.on('message', (message) => {
      onMessage(session, String(message), socket).catch((error: unknown) => {
        const hasEnded = error instanceof Error && 'code' in error && error.code === 'ERR_SESSION_ENDED';
        socket.close(hasEnded ? SESSION_ENDED : 1011);
      });
    });
  }

  #close(ends: (live: Live) => boolean): void {
    for (const live of this.#open) if (ends(live)) live.socket.close(SESSION_ENDED);
  }
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
