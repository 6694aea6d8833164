import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Forwards between a client and a server, and can drop a reply. */
export class LossyProxy {
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  #dropsReplyTo: ((command: string) => boolean) | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts a proxy for the server at a local port. */
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

  /** Forwards the next command of this name, and closes the connection instead of forwarding the reply. */
  dropReplyTo(name: string): void {
    this.#dropsReplyTo = (command) => command.toLowerCase().includes(name);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    let isDropping = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (this.#dropsReplyTo?.(chunk.toString('latin1'))) {
        isDropping = true;
        this.#dropsReplyTo = undefined;
      }
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (isDropping) client.destroy();
      else client.write(chunk);
    });
  }
}
