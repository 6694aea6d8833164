import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestServer } from './server.ts';
import { type Reply, Wire } from './wire.ts';

/** The token that the proxy accepts. */
export const TOKEN = 'a-token-that-no-message-may-show';

/** What the proxy does with a request instead of running its commands. */
export type Trouble = 'hang' | { readonly status: number; readonly body: string };

/**
 * Speaks the REST protocol of Upstash in front of a Redis server: a command as a JSON array at `/`, several of them at `/pipeline`, and replies in Base64 if
 * the client asks for it. Like a global database, it runs commands that only read on a replica, if there is one.
 */
export class RestProxy {
  /** The names of the commands of each request. */
  readonly requests: string[][] = [];
  /** Applies to every request until it is unset. */
  trouble: Trouble | undefined;
  /** Applies to the next request, whose commands are run first. */
  losesNextResponse = false;
  readonly #http: Server;
  readonly #primary: Wire;
  readonly #replica: Wire | undefined;

  private constructor(http: Server, primary: Wire, replica: Wire | undefined) {
    this.#http = http;
    this.#primary = primary;
    this.#replica = replica;
    http.on('request', (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(primary: TestServer, replica?: TestServer, port = 0): Promise<RestProxy> {
    const http = createServer();
    const proxy = new RestProxy(
      http,
      await Wire.open(primary.port),
      replica && (await Wire.open(replica.port)),
    );
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const { port } = this.#http.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.#http.closeAllConnections();
    await closed;
    this.#primary.close();
    this.#replica?.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: unknown = JSON.parse(await bodyOf(request));
    const { trouble } = this;
    if (trouble === 'hang') return;
    if (trouble !== undefined) return send(response, trouble.status, trouble.body);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      return send(response, 401, JSON.stringify({ error: 'Unauthorized' }));
    }
    const commands: string[][] = request.url === '/pipeline' ? (body as string[][]) : [body as string[]];
    this.requests.push(commands.map(([name = '']) => name));
    const encode = request.headers['upstash-encoding'] === 'base64' ? inBase64 : (reply: Reply) => reply;
    const results = [];
    for (const command of commands) results.push(await this.#run(command, encode));
    if (this.losesNextResponse) {
      this.losesNextResponse = false;
      response.destroy();
      return;
    }
    const [first] = results;
    if (request.url === '/pipeline') return send(response, 200, JSON.stringify(results));
    return send(response, first?.error === undefined ? 200 : 400, JSON.stringify(first));
  }

  async #run(
    command: readonly string[],
    encode: (reply: Reply) => unknown,
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

function inBase64(reply: Reply): unknown {
  if (Array.isArray(reply)) return reply.map(inBase64);
  return typeof reply === 'string' && reply !== 'OK' ? Buffer.from(reply).toString('base64') : reply;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'upstash-sync-token': 'token' });
  response.end(body);
}
