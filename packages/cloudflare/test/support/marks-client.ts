import type { CallFate } from './store-calls.ts';

const POST = { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } } as const;

/** What a request does with its mark, as `marks-worker.ts` names it. A number: its client disconnects after so many milliseconds. */
export type Kind = 'keeps' | 'refuses' | 'throws' | 'leaves' | number;

/** How the next calls of the store go. */
export interface Plan {
  readonly writes: readonly CallFate[];
  readonly reads: readonly CallFate[];
}

/** A request, and its response if its connection was not lost first. */
export interface Sent {
  readonly item: string;
  readonly kind: Kind;
  readonly reply: { readonly status: number; readonly body: string } | undefined;
}

/** One visitor of `marks-worker.ts`, with the cookie of a session. */
export class MarksClient {
  readonly #url: string;
  readonly #callsUrl: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(origin: string, way: string, cookie: string) {
    this.#url = `${origin}/${way}`;
    this.#callsUrl = `${origin}/calls/${way}`;
    this.#headers = { ...POST.headers, cookie };
  }

  /** Begins a session. */
  static async begin(origin: string, way: string): Promise<MarksClient> {
    const first = await fetch(`${origin}/${way}/keeps/first`, POST);
    return new MarksClient(origin, way, first.headers.getSetCookie()[0]?.split(';')[0] ?? '');
  }

  /** Adds a mark. */
  async send(kind: Kind, item: string): Promise<Sent> {
    const isLeaving = typeof kind === 'number';
    const client = new AbortController();
    if (isLeaving) setTimeout(() => client.abort(), kind);
    const { signal } = client;
    const url = `${this.#url}/${isLeaving ? 'keeps' : kind}/${item}`;
    try {
      const response = await fetch(url, { ...POST, headers: this.#headers, signal });
      return { item, kind, reply: { status: response.status, body: await response.text() } };
    } catch (error) {
      if (!signal.aborted && !isConnectionLost(error)) throw error;
      return { item, kind, reply: undefined };
    }
  }

  /** Lists the marks of the session. */
  async marks(): Promise<string[]> {
    return (await (await fetch(this.#url, { headers: this.#headers })).text()).split(' ');
  }

  /** Plans the next calls of the store; those after them go well. */
  async plan({ writes, reads }: Plan): Promise<void> {
    await fetch(`${this.#callsUrl}?writes=${writes}&reads=${reads}`, POST);
  }

  /** Tells how long ago the store's last call began, in milliseconds. */
  async quietFor(): Promise<number> {
    return Number(await (await fetch(this.#callsUrl)).text());
  }
}

/** Tells whether the server closed a connection at the moment when the client used it again. It may or may not have served the request. */
function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error) || !(error.cause instanceof Error) || !('code' in error.cause)) return false;
  return error.cause.code === 'UND_ERR_SOCKET' || error.cause.code === 'ECONNRESET';
}
