import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** How a line is: `broken` resets every connection, and new ones too; `silent` passes nothing on, and tells nobody. */
type State = 'whole' | 'broken' | 'silent';

/** A line from a process to its database, which a test can cut or slow down. */
export class Line {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  readonly #pairs: Set<readonly [client: Socket, server: Socket]> = new Set();
  #state: State = 'whole';
  #delay = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async to(target: number): Promise<Line> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
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

  /** Lets everything arrive so many milliseconds later, in order, until `mend`. */
  delay(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** Ends the open connections in one direction only: for their reader the other side has nothing more to say. New ones are whole. */
  halfClose(towards: 'client' | 'server'): void {
    for (const [client, server] of this.#pairs) (towards === 'client' ? client : server).end();
  }

  mend(): void {
    this.#state = 'whole';
    this.#delay = 0;
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
    const server = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    client.setNoDelay(true);
    server.setNoDelay(true);
    this.#pass(client, server, () => this.#pairs.delete(pair));
    this.#pass(server, client, () => this.#pairs.delete(pair));
  }

  /** Passes on what one side says, in order, and its end. */
  #pass(from: Socket, to: Socket, onClosed: () => void): void {
    const queue: { readonly due: number; readonly act: () => void }[] = [];
    const drain = (): void => {
      for (let first = queue[0]; first !== undefined; first = queue[0]) {
        const wait = first.due - performance.now();
        if (wait > 0) {
          setTimeout(drain, wait);
          return;
        }
        queue.shift();
        first.act();
      }
    };
    const later = (act: () => void): void => {
      // What was delayed must not be overtaken by what comes once the line is mended.
      if (this.#delay === 0 && queue.length === 0) act();
      else if (queue.push({ due: performance.now() + this.#delay, act }) === 1) drain();
    };
    this.#sockets.add(from);
    from.on('error', () => {});
    from.on('data', (chunk) => later(() => to.writable && to.write(chunk)));
    from.on('end', () => later(() => to.end()));
    from.on('close', () => {
      this.#sockets.delete(from);
      onClosed();
      to.destroy();
    });
    if (this.#state === 'silent') from.pause();
    else from.resume();
  }
}
