import { equal } from 'node:assert/strict';
import type { ReceivedResponse } from './exchange.ts';

/** A response, with accessors for clauses. */
export class Reply {
  readonly status: number;
  readonly text: string;
  readonly #headers: ReceivedResponse['headers'];

  constructor({ status, text, headers }: ReceivedResponse) {
    this.status = status;
    this.text = text;
    this.#headers = headers;
  }

  /** Returns every value of a header, one for each line. */
  all(name: string): readonly string[] {
    return this.#headers.filter(([each]) => each === name).map(([, value]) => value);
  }

  /** Returns the members of a list header from all its lines: in lower case, sorted and without duplicates. */
  list(name: string): readonly string[] {
    const members = this.all(name).flatMap((line) => line.toLowerCase().split(','));
    return [...new Set(members.map((member) => member.trim()))].sort();
  }

  /** The members of `Vary` that the contract is about, sorted. A framework may add its own. */
  get vary(): readonly string[] {
    return this.list('vary').filter((member) => member === 'accept-language' || member === 'cookie');
  }

  /** The `Set-Cookie` values by which the response sets or clears cookies of this library. */
  get tokenCookies(): readonly string[] {
    return this.all('set-cookie').filter((line) => line.startsWith('__Host-'));
  }

  /** The result of the target. Fails unless the status is 200. */
  get result(): unknown {
    equal(this.status, 200, `The status must be 200; it is ${this.status}: ${this.text.slice(0, 200)}`);
    return JSON.parse(this.text);
  }
}
