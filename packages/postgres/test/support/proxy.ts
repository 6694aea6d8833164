import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Address } from './server.ts';

/** Stands between a client and a server, and can lose a response on its way back or fall silent. */
export class TestProxy {
  readonly address: Address;
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  #losesNext = false;
  #isSilent = false;
  #held: (() => void)[] | undefined = undefined;

  private constructor(server: Server, address: Address) {
    this.#server = server;
    this.address = address;
  }

  /** Stands before the server at an address. */
  static async start(target: Address): Promise<TestProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const proxy = new TestProxy(server, { ...target, port });
    server.on('connection', (client) => proxy.#join(client, connect(target.port, target.host)));
    return proxy;
  }

  /** Lets the next message through, and cuts the connection in the place of its response. */
  loseNextResponse(): void {
    this.#losesNext = true;
  }

  /** Passes nothing on any more, with the connections open. */
  fallSilent(): void {
    this.#isSilent = true;
  }

  /** Keeps what the server sends until `release` is called. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const pass of held) pass();
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    let loses = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (this.#isSilent) return;
      if (this.#losesNext) {
        loses = true;
        this.#losesNext = false;
      }
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (this.#isSilent) return;
      if (loses) client.destroy();
      else if (this.#held === undefined) client.write(chunk);
      else this.#held.push(() => client.write(chunk));
    });
  }
}
