import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { ROUTES } from '../side.ts';
import { type Caller, headersOf, type ShopReply, type ShopRequest } from './shop-request.ts';

/** A connection that nothing leaves: what is written is dropped, or kept if the response is asked for. */
class UnconnectedSocket extends Socket {
  kept: Buffer[] | undefined;

  constructor() {
    super();
    // What Express and Koa look at to know the proxy.
    Object.defineProperty(this, 'remoteAddress', { value: '127.0.0.1' });
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.kept?.push(Buffer.from(chunk));
    done();
  }

  override _writev(chunks: { chunk: Buffer | string }[], done: () => void): void {
    if (this.kept !== undefined) for (const { chunk } of chunks) this.kept.push(Buffer.from(chunk));
    done();
  }
}

/** Sends requests to a handler of Node's server, with Node's own request and response. */
export class NodeCaller implements Caller {
  readonly #handle: RequestListener;
  readonly #idle: UnconnectedSocket[] = [];

  constructor(handle: RequestListener) {
    this.#handle = handle;
  }

  fire(request: ShopRequest): Promise<number> {
    const socket = this.#idle.pop() ?? new UnconnectedSocket();
    return this.#exchange(request, socket);
  }

  async send(request: ShopRequest): Promise<ShopReply> {
    const socket = new UnconnectedSocket();
    socket.kept = [];
    const status = await this.#exchange(request, socket);
    const [head = '', ...body] = Buffer.concat(socket.kept).toString('latin1').split('\r\n\r\n');
    const setCookies = head.split('\r\n').flatMap((line) => /^set-cookie: (.*)$/i.exec(line)?.[1] ?? []);
    socket.kept = undefined;
    return { status, setCookies, text: body.join('\r\n\r\n') };
  }

  #exchange(request: ShopRequest, socket: UnconnectedSocket): Promise<number> {
    const { method, path } = ROUTES[request.route];
    const req = new IncomingMessage(socket);
    req.method = method;
    req.url = path;
    req.httpVersion = '1.1';
    req.httpVersionMajor = 1;
    req.httpVersionMinor = 1;
    req.headers = headersOf(request);
    req.complete = true;
    req.push(null);
    const res = new ServerResponse(req);
    res.assignSocket(socket);
    return new Promise((resolve) => {
      res.on('finish', () => {
        res.detachSocket(socket);
        this.#idle.push(socket);
        resolve(res.statusCode);
      });
      this.#handle(req, res);
    });
  }
}
