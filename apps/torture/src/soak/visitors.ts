import type { Seeded } from '../../../../packages/core/test/fuzz/seeded.ts';
import { type Call, pathOf } from '../client/caller.ts';
import { choose } from '../client/choice.ts';
import { type Received, send } from '../client/send.ts';
import type { Action } from '../history/events.ts';

/** What visitors with a session do, by how often. */
const HABITS = {
  read: 75,
  add: 15,
  'sign-in': 4,
  renew: 2,
  finish: 2,
  'sign-out': 2,
} satisfies Readonly<Partial<Record<Action, number>>>;

/** So many marks a visitor adds at most before the session is finished, so that sessions do not grow for ever. */
const MAX_MARKS = 20;

/** With these habits, so many of the sessions that have some marks go on to have one more: the others end before. */
const GOES_ON = HABITS.add / (HABITS.add + HABITS.finish + HABITS['sign-out']);
/** Its multiples, without their whole part, are spread evenly between 0 and 1. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Returns how many marks a visitor's session has at first: as many as after hours of use, so that the sessions do not grow during a soak. Otherwise those that a
 * server has in its cache would.
 */
export function firstMarksOf(visitor: number): number {
  const part = 1 - ((visitor * GOLDEN) % 1);
  const marks = Math.floor(Math.log(part) / Math.log(GOES_ON));
  // A session without any was not begun.
  return Math.min(Math.max(marks, 1), MAX_MARKS);
}

/** Returns a mark, which no other visitor has. */
export function markOf(visitor: number, at: number): string {
  return `${visitor}.${at}`;
}

/** What a visitor asks for. */
type Wish = Omit<Call, 'token' | 'client' | 'server'>;

/** What the visitors depend on. */
export interface VisitorsDeps {
  readonly tokens: readonly string[];
  readonly ports: readonly number[];
  readonly random: Seeded;
}

/** Many visitors with a session each. One of them at a time makes a request, and begins a new session where the last one has ended. */
export class Visitors {
  readonly #tokens: (string | undefined)[];
  readonly #marks: Uint16Array;
  readonly #busy = new Set<number>();
  readonly #ports: readonly number[];
  readonly #random: Seeded;

  constructor({ tokens, ports, random }: VisitorsDeps) {
    this.#tokens = [...tokens];
    this.#marks = Uint16Array.from(tokens, (_, visitor) => firstMarksOf(visitor));
    this.#ports = ports;
    this.#random = random;
  }

  /** How many there are. */
  get count(): number {
    return this.#tokens.length;
  }

  /** Lets any visitor who waits for nothing make a request. Never rejects. */
  async visit(): Promise<Received> {
    const visitor = this.#pick();
    this.#busy.add(visitor);
    try {
      const port = this.#ports[this.#random.int(this.#ports.length)] ?? 0;
      return await this.#send(visitor, port, this.#wish(visitor));
    } finally {
      this.#busy.delete(visitor);
    }
  }

  /** Lets one visitor, who waits for nothing, read so often on each server. Never rejects. */
  async readEverywhere(visitor: number, times: number): Promise<void> {
    for (const port of this.#ports) {
      for (let time = 0; time < times; time += 1) await this.#send(visitor, port, { action: 'read' });
    }
  }

  async #send(visitor: number, port: number, wish: Wish): Promise<Received> {
    const request = { port, path: pathOf(wish), token: this.#tokens[visitor], abortAfter: undefined };
    const received = await send(request);
    if (received.kind === 'response') this.#keep(visitor, received);
    return received;
  }

  #pick(): number {
    for (;;) {
      const visitor = this.#random.int(this.#tokens.length);
      if (!this.#busy.has(visitor)) return visitor;
    }
  }

  #wish(visitor: number): Wish {
    const marks = this.#marks[visitor] ?? 0;
    const action =
      this.#tokens[visitor] === undefined
        ? 'add'
        : marks >= MAX_MARKS
          ? 'finish'
          : choose(this.#random, HABITS);
    if (action === 'add') {
      this.#marks[visitor] = marks + 1;
      return { action, mark: markOf(visitor, marks) };
    }
    if (action === 'sign-in') return { action, user: `user${visitor >> 1}` };
    return action === 'finish' ? { action, keepUser: this.#random.chance(0.5) } : { action };
  }

  #keep(visitor: number, { sets, clears, reply }: Extract<Received, { kind: 'response' }>): void {
    if (sets !== undefined) this.#tokens[visitor] = sets;
    // A session that was finished or has expired leaves a cookie that opens nothing any more.
    else if (clears || (reply?.after !== undefined && reply.after.id === undefined)) {
      this.#tokens[visitor] = undefined;
    }
    if (reply?.after?.marks === '') this.#marks[visitor] = 0;
  }
}
