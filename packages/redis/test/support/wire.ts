import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A reply of Redis: string, number, array, null or an error. */
export type Reply = string | number | null | Error | Reply[];

/** A bare connection to a Redis server, for tests: no retries, no queue, no script cache. */
export class Wire {
  readonly #socket: Socket;
  readonly #waiting: ((reply: Reply) => void)[] = [];
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('close', () => this.#drop());
    socket.on('error', () => {});
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Wire(socket);
  }

  /** Sends a command and resolves to its reply. An error reply rejects. */
  async send(...command: (string | number)[]): Promise<Reply> {
    if (this.#socket.destroyed) throw new Error('The connection is closed.');
    const parts = command.map((part) => `$${Buffer.byteLength(String(part))}\r\n${part}\r\n`);
    this.#socket.write(`*${command.length}\r\n${parts.join('')}`);
    const reply = await new Promise<Reply>((resolve) => this.#waiting.push(resolve));
    if (reply instanceof Error) throw reply;
    return reply;
  }

  /** Sends MONITOR. From then on, `onLine` receives each command that the server executes. */
  async monitor(onLine: (line: string) => void): Promise<void> {
    await this.send('monitor');
    const next = (reply: Reply): void => {
      this.#waiting.push(next);
      if (typeof reply === 'string') onLine(reply);
    };
    this.#waiting.push(next);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (let parsed = parse(this.#received, 0); parsed !== undefined; parsed = parse(this.#received, 0)) {
      this.#received = this.#received.subarray(parsed.end);
      this.#waiting.shift()?.(parsed.reply);
    }
  }

  #drop(): void {
    for (const settle of this.#waiting.splice(0)) settle(new Error('The connection was closed.'));
  }
}

interface Parsed {
  readonly reply: Reply;
  readonly end: number;
}

/** Parses one RESP2 reply; undefined if it is not complete yet. */
function parse(data: Buffer, start: number): Parsed | undefined {
  const lineEnd = data.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const type = String.fromCharCode(data[start] ?? 0);
  const line = data.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  if (type === '+') return { reply: line, end };
  if (type === '-') return { reply: new Error(line), end };
  if (type === ':') return { reply: Number(line), end };
  const length = Number(line);
  if (length < 0) return { reply: null, end };
  if (type === '$') {
    if (data.length < end + length + 2) return undefined;
    return { reply: data.toString('utf8', end, end + length), end: end + length + 2 };
  }
  return parseList(data, end, length);
}

function parseList(data: Buffer, start: number, length: number): Parsed | undefined {
  const reply: Reply[] = [];
  let end = start;
  while (reply.length < length) {
    const element = parse(data, end);
    if (element === undefined) return undefined;
    reply.push(element.reply);
    end = element.end;
  }
  return { reply, end };
}
