import type { RequestView, Session, Sessions } from '@coatcheck/core';

/** A visitor whose browser keeps cookies. */
export class Visitor<Data> {
  readonly #sessions: Pick<Sessions<Data>, 'open'>;
  #cookie: string | undefined;

  constructor(sessions: Pick<Sessions<Data>, 'open'>, cookie?: string) {
    this.#sessions = sessions;
    this.#cookie = cookie;
  }

  /** The browser's current cookie. */
  get cookie(): string | undefined {
    return this.#cookie;
  }

  /** Makes one request: loads its session, uses it and seals it. */
  async request<R>(use: (session: Session<Data>) => R): Promise<Awaited<R>> {
    const visit = this.#sessions.open(this.#view());
    const session = await visit.session.load();
    const result = await use(session);
    for (const [name, value] of visit.seal()) {
      if (name === 'set-cookie') this.#cookie = value.split(';')[0];
    }
    return result;
  }

  #view(): RequestView {
    const cookie = this.#cookie;
    return {
      method: 'POST',
      host: 'localhost',
      ip: undefined,
      header: (name) => (name === 'cookie' ? cookie : undefined),
      query: () => undefined,
      form: () => undefined,
    };
  }
}
