import { equal } from 'node:assert/strict';
import type { Answer } from './exchange.ts';

/** An answer as a clause reads it. */
export class Reply {
  readonly status: number;
  readonly text: string;
  readonly #headers: Answer['headers'];

  constructor({ status, text, headers }: Answer) {
    this.status = status;
    this.text = text;
    this.#headers = headers;
  }

  /** Every value of a header, one for each line. */
  all(name: string): readonly string[] {
    return this.#headers.filter(([each]) => each === name).map(([, value]) => value);
  }

  /** The members of a header that is a list: in lower case, each once, sorted, whatever the lines they came on. */
  list(name: string): readonly string[] {
    const members = this.all(name).flatMap((line) => line.toLowerCase().split(','));
    return [...new Set(members.map((member) => member.trim()))].sort();
  }

  /** The cookies of this library that the answer sets or clears, as they were written. */
  get tokenCookies(): readonly string[] {
    return this.all('set-cookie').filter((line) => line.startsWith('__Host-'));
  }

  /** What the target told, of an answer that went well. */
  get told(): unknown {
    equal(this.status, 200, `The answer is ${this.status}: ${this.text.slice(0, 200)}`);
    return JSON.parse(this.text);
  }
}
