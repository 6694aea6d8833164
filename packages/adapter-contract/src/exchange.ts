import { type ClientRequest, type IncomingMessage, request } from 'node:http';

/** What a client sends. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: URL;
  /** The request target, sent unchanged instead of the URL's path. */
  readonly target?: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
}

/** A complete response. */
export interface ReceivedResponse {
  readonly status: number;
  /** Every header line, with names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

/** One request on its own connection, and its response as it arrives. */
export class Exchange {
  /** Resolves when the whole response has arrived. */
  readonly response: Promise<ReceivedResponse>;
  readonly #request: ClientRequest;
  readonly #started = Promise.withResolvers<void>();
  #text = '';

  constructor(outgoing: OutgoingRequest) {
    const { promise, resolve, reject } = Promise.withResolvers<ReceivedResponse>();
    this.response = promise;
    // A caller may await only one of the two promises. The other must not cause an unhandled rejection.
    promise.catch(() => {});
    this.#started.promise.catch(() => {});
    const fail = (error: Error) => {
      reject(error);
      this.#started.reject(error);
    };
    this.#request = send(outgoing);
    this.#request.on('error', fail);
    this.#request.on('response', (response) => {
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        this.#text += chunk;
        this.#started.resolve();
      });
      response.on('error', fail);
      response.on('end', () => {
        this.#started.resolve();
        resolve({ status: response.statusCode ?? 0, headers: linesOf(response), text: this.#text });
      });
    });
  }

  /** Resolves when the first part of the body has arrived. */
  started(): Promise<void> {
    return this.#started.promise;
  }

  /** Disconnects without waiting for the response. */
  abort(): void {
    this.#request.destroy();
  }
}

function send({ method, url, target, headers, body }: OutgoingRequest): ClientRequest {
  const lines = [['host', url.host], ['connection', 'close'], ...headers];
  if (body !== undefined) lines.push(['content-length', String(Buffer.byteLength(body))]);
  // A flat list is sent unchanged, so that a name can occur twice.
  const path = target ?? `${url.pathname}${url.search}`;
  const sent = request(url, { method, path, headers: lines.flat(), agent: false });
  sent.end(body);
  return sent;
}

function linesOf({ rawHeaders }: IncomingMessage): ReceivedResponse['headers'] {
  const lines: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push([rawHeaders[index]?.toLowerCase() ?? '', rawHeaders[index + 1] ?? '']);
  }
  return lines;
}
