/** A browser's cookie, with those that it had before: a crash may bring one of them back. */
export class Jar {
  #tokens: string[] = [];
  #current: string | undefined;

  /** The token that the next request presents. */
  get token(): string | undefined {
    return this.#current;
  }

  /** Every token that the browser has ever had, the latest last. */
  get all(): readonly string[] {
    return this.#tokens;
  }

  /** Keeps a token that a response set. */
  keep(token: string): void {
    if (token === this.#current) return;
    this.#current = token;
    this.#tokens.push(token);
  }

  /** Forgets the token, as a response or the user asks. */
  clear(): void {
    this.#current = undefined;
  }

  /** Comes back from a crash with the token that was the latest so many changes ago. */
  crash(changes: number): void {
    this.#current = this.#tokens.at(-1 - changes) ?? this.#current;
  }
}
