/** One thing that happened during an act, in the order in which it happened. */
export type TraceStep =
  | {
      readonly kind: 'request';
      readonly client: string;
      readonly method: string;
      readonly path: string;
      /** The name of the token in the cookie; undefined if the request has no cookie. */
      readonly cookie: string | undefined;
    }
  | {
      readonly kind: 'response';
      readonly client: string;
      readonly status: number;
      /** The heading of the page, or where the response leads to. */
      readonly outcome: string;
      readonly cookie: CookieChange;
      /** Whether it got lost, so that the client knows nothing of it. */
      readonly isLost: boolean;
    }
  /** A request waits behind a gate, with its session loaded. */
  | { readonly kind: 'waits'; readonly client: string }
  /** The record of a session was written. */
  | { readonly kind: 'write'; readonly changes: readonly string[]; readonly isRemoval: boolean }
  | { readonly kind: 'store-failed'; readonly operation: 'read' | 'write' }
  | { readonly kind: 'event'; readonly type: string; readonly words: string }
  | { readonly kind: 'note'; readonly words: string };

/** What a response does to the cookie. */
export type CookieChange = { readonly set: string } | 'cleared' | undefined;

/** The record of an act. */
export class Trace {
  readonly steps: TraceStep[] = [];
  readonly clients: string[] = [];
  readonly #tokens = new Map<string, string>();

  record(step: TraceStep): void {
    this.steps.push(step);
  }

  /** Gives a client its place in the diagram. */
  addClient(name: string): void {
    if (!this.clients.includes(name)) this.clients.push(name);
  }

  /** Names a token by a letter, so that the trace contains no token. */
  nameOf(token: string): string {
    const name = this.#tokens.get(token) ?? String.fromCharCode(65 + this.#tokens.size);
    this.#tokens.set(token, name);
    return name;
  }
}
