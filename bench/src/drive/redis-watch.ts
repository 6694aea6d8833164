import { TestServer } from '../../../packages/redis/test/support/server.ts';
import { Wire } from '../../../packages/redis/test/support/wire.ts';

/** A Redis server of one's own that tells which commands it was sent. */
export class RedisWatch {
  readonly #server: TestServer;
  readonly #wire: Wire;
  #commands: string[] = [];

  private constructor(server: TestServer, wire: Wire) {
    this.#server = server;
    this.#wire = wire;
  }

  /** Starts a server that is not watched. */
  static server(): Promise<TestServer> {
    return TestServer.start();
  }

  static async start(): Promise<RedisWatch> {
    const server = await TestServer.start();
    const watch = new RedisWatch(server, await Wire.open(server.port));
    await watch.#wire.monitor((line) => watch.#note(line));
    return watch;
  }

  get url(): string {
    return this.#server.url;
  }

  /** Gives the commands that clients send during some work, by name. What a script runs inside the server is not among them. */
  async during(work: () => Promise<unknown>): Promise<readonly string[]> {
    await this.#settle();
    this.#commands = [];
    await work();
    await this.#settle();
    return this.#commands.filter((name) => name !== 'echo');
  }

  async stop(): Promise<void> {
    this.#wire.close();
    await this.#server.stop();
  }

  #note(line: string): void {
    // 1764000000.000000 [0 127.0.0.1:1234] "get" "key"; a script's own commands have [0 lua].
    const [, source = '', name = ''] = /^\S+ \[\d+ (\S+)\] "(\w+)"/.exec(line) ?? [];
    if (source !== 'lua') this.#commands.push(name.toLowerCase());
  }

  /** Waits until all commands that were sent before have been told. */
  async #settle(): Promise<void> {
    const seen = this.#commands.length;
    await this.#server.send('echo', 'here');
    while (!this.#commands.slice(seen).includes('echo'))
      await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
