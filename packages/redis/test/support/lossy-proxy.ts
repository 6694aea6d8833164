import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, and can lose an answer on its way back. */
export class LossyProxy {
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  #swallow: ((command: string) => boolean) | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Stands before the server at a port of this machine. */
  static async start(port: number): Promise<LossyProxy> {
    const server = createServer();
    const proxy = new LossyProxy(server);
    server.on('connection', (client) => proxy.#join(client, connect(port, '127.0.0.1')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    const address: string | AddressInfo | null = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Lets the next command with this name through, and cuts the connection in the place of its answer. */
  swallowAnswerTo(name: string): void {
    this.#swallow = (command) => command.toLowerCase().includes(name);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    let loses = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (this.#swallow?.(chunk.toString('latin1'))) {
        loses = true;
        this.#swallow = undefined;
      }
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (loses) client.destroy();
      else client.write(chunk);
    });
  }
}
