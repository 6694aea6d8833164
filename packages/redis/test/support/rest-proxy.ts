import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { FaultyServer, type Reply, TOKEN } from '@coatcheck/runtimes/faulty-server';
import type { TestServer } from './server.ts';
import { type Reply as RedisReply, Wire } from './wire.ts';

/**
 * Speaks the REST protocol of Upstash in front of a Redis server: a command as a JSON array at `/`, several of them at `/pipeline`, and replies in Base64 if
 * the client asks for it. Like a global database, it runs commands that only read on a replica, if there is one.
 */
export class RestProxy extends FaultyServer {
  /** The names of the commands of each request. */
  readonly requests: string[][] = [];
  readonly #primary: Wire;
  readonly #replica: Wire | undefined;

  private constructor(primary: Wire, replica: Wire | undefined) {
    super();
    this.#primary = primary;
    this.#replica = replica;
  }

  static async start(primary: TestServer, replica?: TestServer, port = 0): Promise<RestProxy> {
    const proxy = new RestProxy(await Wire.open(primary.port), replica && (await Wire.open(replica.port)));
    await proxy.listen(port);
    return proxy;
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.#primary.close();
    this.#replica?.close();
  }

  protected headersOf(): OutgoingHttpHeaders {
    return { 'Content-Type': 'application/json', 'upstash-sync-token': 'token' };
  }

  protected async serve({ headers, url }: IncomingMessage, body: unknown): Promise<Reply> {
    if (headers.authorization !== `Bearer ${TOKEN}`) {
      return { status: 401, body: JSON.stringify({ error: 'Unauthorized' }) };
    }
    const commands: string[][] = url === '/pipeline' ? (body as string[][]) : [body as string[]];
    this.requests.push(commands.map(([name = '']) => name));
    const encode = headers['upstash-encoding'] === 'base64' ? inBase64 : (reply: RedisReply) => reply;
    const results = [];
    for (const command of commands) results.push(await this.#run(command, encode));
    if (url === '/pipeline') return { status: 200, body: JSON.stringify(results) };
    const [first] = results;
    return { status: first?.error === undefined ? 200 : 400, body: JSON.stringify(first) };
  }

  async #run(
    command: readonly string[],
    encode: (reply: RedisReply) => unknown,
  ): Promise<{ result?: unknown; error?: string }> {
    const server = await this.#serverFor(command[0] ?? '');
    try {
      return { result: encode(await server.send(...command)) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Chooses the server by the flags of the command. */
  async #serverFor(name: string): Promise<Wire> {
    if (this.#replica === undefined) return this.#primary;
    const described = JSON.stringify(await this.#primary.send('command', 'info', name));
    return described.includes('"readonly"') ? this.#replica : this.#primary;
  }
}

function inBase64(reply: RedisReply): unknown {
  if (Array.isArray(reply)) return reply.map(inBase64);
  return typeof reply === 'string' && reply !== 'OK' ? Buffer.from(reply).toString('base64') : reply;
}
