import type { RequestView } from '../http/request-view.ts';

/** Describes a request of the Fetch standard, as Hono and the runtimes that speak Fetch hand it over. */
export interface FetchRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/** Tells what a request of the Fetch standard does not: the client's address, and a form that a parser has read. */
export interface FetchRequestFacts {
  readonly ip?: (() => string | undefined) | undefined;
  readonly form?: { get(name: string): unknown } | undefined;
}

/** Shows a request of the Fetch standard to the core. Each member is read when it is asked for. */
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
