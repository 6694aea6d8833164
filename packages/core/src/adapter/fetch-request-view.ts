import type { RequestView } from '../http/request-view.ts';

/** A `Request` of the Fetch standard, as Hono and the runtimes that serve with Fetch pass it. */
export interface FetchRequest {
  /** The method, in capitals. */
  readonly method: string;
  /** The absolute URL. */
  readonly url: string;
  /** The headers; `get` returns null for one that is absent. */
  readonly headers: { get(name: string): string | null };
}

/** What a `Request` of the Fetch standard does not have: the client's address, and a form that a parser has read. */
export interface FetchRequestFacts {
  /** Returns the client's address. */
  readonly ip?: (() => string | undefined) | undefined;
  /** The fields of the form. */
  readonly form?: { get(name: string): unknown } | undefined;
}

/** Shows a `Request` of the Fetch standard to the core. Each part is read when the core needs it. */
export class FetchRequestView implements RequestView {
  readonly #request: FetchRequest;
  readonly #facts: FetchRequestFacts;

  constructor(request: FetchRequest, facts: FetchRequestFacts) {
    this.#request = request;
    this.#facts = facts;
  }

  get method(): string {
    return this.#request.method;
  }

  get host(): string {
    return new URL(this.#request.url).host;
  }

  get isSecure(): boolean {
    return this.#request.url.startsWith('https:');
  }

  get ip(): string | undefined {
    return this.#facts.ip?.();
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined;
  }

  query(name: string): string | undefined {
    return new URL(this.#request.url).searchParams.get(name) ?? undefined;
  }

  form(name: string): string | undefined {
    const value = this.#facts.form?.get(name);
    return typeof value === 'string' ? value : undefined;
  }
}
