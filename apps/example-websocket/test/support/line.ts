import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line from a process to its database, which a test can cut. */
export class Line {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  #state: 'whole' | 'broken' | 'silent' = 'whole';

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async to(target: number): Promise<Line> {
    const server = createServer({ pauseOnConnect: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    const line = new Line(server, typeof bound === 'object' && bound !== null ? bound.port : 0);
    server.on('connection', (client) => line.#join(client, target));
    return line;
  }

  /** `broken`: connections are reset, and new ones too. `silent`: nothing arrives any more, and nobody is told. */
  cut(how: 'broken' | 'silent'): void {
    this.#state = how;
    for (const socket of this.#sockets) {
      if (how === 'broken') socket.destroy();
      else socket.pause();
    }
  }

  mend(): void {
    this.#state = 'whole';
    for (const socket of this.#sockets) socket.resume();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, target: number): void {
    if (this.#state === 'broken') {
      client.destroy();
      return;
    }
    const server = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => {});
      from.on('data', (chunk) => to.write(chunk));
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#state === 'silent') from.pause();
      else from.resume();
    }
  }
}
