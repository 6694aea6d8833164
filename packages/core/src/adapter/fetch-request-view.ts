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

/** Adds what a `Request` does not contain. Each fact is read only when it is needed, so a getter costs nothing until then. */
export interface FetchRequestFacts {
  /** The host that the client addressed, with its port, as a trusted proxy reports it. Default: the host of `request.url`. */
  readonly host?: string | undefined;
  /** The client's address, as the runtime or a trusted proxy reports it. Default: unknown. */
  readonly ip?: string | undefined;
  /** The parsed body, for the `form` transport: `await request.clone().formData()`. Default: none. */
  readonly form?: { get(name: string): unknown } | undefined;
}

/**
 * Shows a `Request` of the Fetch standard to the core. Each part is read when the core needs it. A target that is no URL, which Deno passes on, has no host and no query.
 *
 * @example
 * ```ts
 * const visit = sessions.open(new FetchRequestView(request, { ip: address }));
 * ```
 */
export class FetchRequestView implements RequestView {
  readonly #request: FetchRequest;
  readonly #facts: FetchRequestFacts;
  /** The header `Upgrade`, which adapters read as the core does: reading a header of a `Request` is slow. Null if it is absent. */
  #upgrade: string | null | undefined = undefined;

  constructor(request: FetchRequest, facts: FetchRequestFacts) {
    this.#request = request;
    this.#facts = facts;
  }

  get method(): string {
    return this.#request.method;
  }

  get host(): string | undefined {
    return this.#facts.host ?? URL.parse(this.#request.url)?.host;
  }

  get path(): string | undefined {
    return URL.parse(this.#request.url)?.pathname;
  }

  get isSecure(): boolean {
    return this.#request.url.startsWith('https:');
  }

  get ip(): string | undefined {
    return this.#facts.ip;
  }

  header(name: string): string | undefined {
    if (name !== 'upgrade') return this.#request.headers.get(name) ?? undefined;
    if (this.#upgrade === undefined) this.#upgrade = this.#request.headers.get(name);
    return this.#upgrade ?? undefined;
  }

  query(name: string): string | undefined {
    return URL.parse(this.#request.url)?.searchParams.get(name) ?? undefined;
  }

  form(name: string): string | undefined {
    const value = this.#facts.form?.get(name);
    return typeof value === 'string' ? value : undefined;
  }
}
