import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** The token that the server accepts. */
export const TOKEN = 'a-token-that-no-message-may-show';

/** What a server responds with. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** What a server does with a request instead of serving it. */
export type Trouble = 'hang' | Reply;

/** Stands for a database that clients reach by HTTP with JSON, and fails as the test asks. Each protocol is a class of its own. */
export abstract class FaultyServer {
  /** Applies to every request until it is unset. */
  trouble: Trouble | undefined;
  /** Applies to the next request, which is served first. */
  losesNextResponse = false;
  readonly #http: Server = createServer((request, response) => {
    this.#respond(request, response).catch(() => response.destroy());
  });

  /** Serves a request whose body is JSON. */
  protected abstract serve(request: IncomingMessage, body: unknown): Promise<Reply> | Reply;

  /** Returns the headers of a response. */
  protected abstract headersOf(reply: Reply): OutgoingHttpHeaders;

  /** Listens on the loopback interface, on a free port unless one is given. */
  async listen(port: number): Promise<void> {
    this.#http.listen(port, '127.0.0.1');
    await once(this.#http, 'listening');
  }

  get url(): string {
    const { port } = this.#http.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.#http, 'close');
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await json(request);
    const { trouble } = this;
    if (trouble === 'hang') return;
    const reply = trouble ?? (await this.serve(request, body));
    if (trouble === undefined && this.losesNextResponse) {
      this.losesNextResponse = false;
      response.destroy();
      return;
    }
    response.writeHead(reply.status, this.headersOf(reply));
    response.end(reply.body);
  }
}
