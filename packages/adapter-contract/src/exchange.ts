import { type ClientRequest, type IncomingMessage, request } from 'node:http';

/** What a client sends. */
export interface Question {
  readonly method: string;
  readonly url: URL;
  /** What the request line names in place of the URL's path, as it is. */
  readonly target?: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  /** Every line of the header, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

/** One request over a connection of its own, and its response as it comes in. */
export class Exchange {
  /** Resolves when the whole response is there. */
  readonly answer: Promise<Answer>;
  readonly #request: ClientRequest;
  readonly #begun = Promise.withResolvers<void>();
  #text = '';

  constructor(question: Question) {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.answer = promise;
    // Who waits for the beginning alone must not see the end's failure as an unhandled one, nor the other way round.
    promise.catch(() => {});
    this.#begun.promise.catch(() => {});
    const fail = (error: Error) => {
      reject(error);
      this.#begun.reject(error);
    };
    this.#request = send(question);
    this.#request.on('error', fail);
    this.#request.on('response', (response) => {
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        this.#text += chunk;
        this.#begun.resolve();
      });
      response.on('error', fail);
      response.on('end', () => {
        this.#begun.resolve();
        resolve({ status: response.statusCode ?? 0, headers: linesOf(response), text: this.#text });
      });
    });
  }

  /** Waits for the first part of the body. */
  begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** Goes away without waiting for the answer. */
  abort(): void {
    this.#request.destroy();
  }
}

function send({ method, url, target, headers, body }: Question): ClientRequest {
  const lines = [['host', url.host], ['connection', 'close'], ...headers];
  if (body !== undefined) lines.push(['content-length', String(Buffer.byteLength(body))]);
  // A flat list is sent as it is, so that a name can come twice.
  const path = target ?? `${url.pathname}${url.search}`;
  const sent = request(url, { method, path, headers: lines.flat(), agent: false });
  sent.end(body);
  return sent;
}

function linesOf({ rawHeaders }: IncomingMessage): Answer['headers'] {
  const lines: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push([rawHeaders[index]?.toLowerCase() ?? '', rawHeaders[index + 1] ?? '']);
  }
  return lines;
}
