/** One thing that happened during an act, in the order in which it happened. */
export type TraceStep =
  | {
      readonly kind: 'request';
      readonly client: string;
      readonly method: string;
      readonly path: string;
      readonly cookies: readonly TraceCookie[];
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

/** A cookie, by the letter of its value. */
export interface TraceCookie {
  readonly letter: string;
  /** Whether it is the second cookie, of a session that is bound to a device. */
  readonly isBound: boolean;
}

/** What a response does to the cookies. */
export type CookieChange = { readonly set: readonly TraceCookie[] } | 'cleared' | undefined;

/** Tells by its name whether a cookie is the second one of a bound session. */
export function isBoundCookie(name: string): boolean {
  return name.endsWith('-device');
}

/** The record of an act. */
export class Trace {
  readonly steps: TraceStep[] = [];
  readonly clients: string[] = [];
  readonly #letters = new Map<string, string>();

  record(step: TraceStep): void {
    this.steps.push(step);
  }

  /** Gives a client its place in the diagram. */
  addClient(name: string): void {
    if (!this.clients.includes(name)) this.clients.push(name);
  }

  /** Names the value of a cookie by a letter, so that the trace contains no token. */
  cookieOf([name = '', value = '']: readonly string[]): TraceCookie {
    const letter = this.#letters.get(value) ?? String.fromCharCode(65 + this.#letters.size);
    this.#letters.set(value, letter);
    return { letter, isBound: isBoundCookie(name) };
  }
}
