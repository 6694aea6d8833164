import { connect, type Socket } from 'node:net';
import { ROUTES } from '../side.ts';
import { headersOf, type ShopRequest } from './shop-request.ts';

const CONNECTIONS = 16;

/** Sends requests over HTTP from this process, each connection one after the other, and returns how many responses came in a second. */
export async function throughput(port: number, requests: readonly ShopRequest[]): Promise<number> {
  const texts = requests.map(textOf);
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(port)));
  const rest = stayAwake();
  let next = 0;
  const start = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      for (let text = texts[next]; text !== undefined; text = texts[next]) {
        next += 1;
        await connection.exchange(text);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  rest();
  for (const connection of connections) connection.close();
  return requests.length / seconds;
}

/**
 * Keeps this process from sleeping between responses, until it is told to rest. Waking a core that sleeps can cost a server more than the response did, the more so
 * the longer it took: the slower of two libraries would look slower than it is.
 */
function stayAwake(): () => void {
  let isAwake = true;
  const spin = (): void => {
    if (isAwake) setImmediate(spin);
  };
  spin();
  return () => {
    isAwake = false;
  };
}

function textOf(request: ShopRequest): string {
  const { method, path } = ROUTES[request.route];
  const lines = Object.entries(headersOf(request)).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** A connection that is kept alive. It reads no more of a response than it needs to find its end, so that the load costs less than the server. */
class Connection {
  readonly #socket: Socket;
  #received = '';
  #done: ((error?: Error) => void) | undefined = undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', (error) => this.#done?.(error));
    socket.on('close', () => this.#done?.(new Error('The server closed the connection')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  exchange(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#done = (error) => (error === undefined ? resolve() : reject(error));
      this.#socket.write(text, 'latin1');
    });
  }

  close(): void {
    this.#done = undefined;
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.#received.slice(0, headEnd).toLowerCase();
    const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
    const isWhole =
      length === undefined
        ? this.#received.endsWith('\r\n0\r\n\r\n')
        : this.#received.length >= headEnd + 4 + Number(length);
    if (!isWhole) return;
    this.#received = '';
    const done = this.#done;
    this.#done = undefined;
    done?.(
      head.startsWith('http/1.1 200')
        ? undefined
        : new Error(`The shop responded with ${head.split('\r\n', 1)[0]}`),
    );
  }
}
