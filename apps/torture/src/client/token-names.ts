/** Gives each token a name of its own for the history. */
export class TokenNames {
  readonly #names: Map<string, string> = new Map();
  #forged = 0;

  /** Returns the name of a token that a server sent. */
  of(token: string): string {
    const known = this.#names.get(token);
    if (known !== undefined) return known;
    const name = `t${this.#names.size}`;
    this.#names.set(token, name);
    return name;
  }

  /** Names a token that no server sent. */
  noteForged(token: string): void {
    if (this.#names.has(token)) return;
    this.#forged += 1;
    this.#names.set(token, `forged${this.#forged}`);
  }
}
