import type { RequestView } from './request-view.ts';

/**
 * Reads a request through a view that must not throw, but might: some frameworks parse the query on access, and clients send anything. What cannot be read
 * counts as absent, and a method that cannot be read as one that changes something.
 */
export class SafeRequestView implements RequestView {
  readonly #view: RequestView;

  constructor(view: RequestView) {
    this.#view = view;
  }

  get method(): string {
    try {
      return this.#view.method;
    } catch {
      return '';
    }
  }

  get host(): string | undefined {
    try {
      return this.#view.host;
    } catch {
      return undefined;
    }
  }

  get path(): string | undefined {
    try {
      return this.#view.path;
    } catch {
      return undefined;
    }
  }

  get ip(): string | undefined {
    try {
      return this.#view.ip;
    } catch {
      return undefined;
    }
  }

  get isSecure(): boolean | undefined {
    try {
      return this.#view.isSecure;
    } catch {
      return undefined;
    }
  }

  header(name: string): string | undefined {
    try {
      return this.#view.header(name);
    } catch {
      return undefined;
    }
  }

  query(name: string): string | undefined {
    try {
      return this.#view.query(name);
    } catch {
      return undefined;
    }
  }

  form(name: string): string | undefined {
    try {
      return this.#view.form(name);
    } catch {
      return undefined;
    }
  }

  /** Judges the request by a rule that must not take a header that cannot be read for an absent one: then it gets `otherwise`. */
  judge<T>(rule: (view: RequestView) => T, otherwise: T): T {
    try {
      return rule(this.#view);
    } catch {
      return otherwise;
    }
  }
}
