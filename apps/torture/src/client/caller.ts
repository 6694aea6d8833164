import type { CallEvent } from '../history/events.ts';
import type { HistoryWriter } from '../history/writer.ts';
import { type Received, send } from './send.ts';
import type { TokenNames } from './token-names.ts';

/** A request that a browser wants to make. */
export interface Call extends Omit<CallEvent, 'type' | 'at' | 'call' | 'token'> {
  /** The token itself. */
  readonly token: string | undefined;
  readonly abortAfter?: number | undefined;
  /** Whether the response gets lost on the last part of its way: the history has it, the browser does not. */
  readonly isUndelivered?: boolean | undefined;
}

/** How many requests there were so far. */
export interface Counts {
  requests: number;
  ok: number;
  failed: number;
}

/** Makes requests, and writes them into the history. */
export class Caller {
  readonly counts: Counts = { requests: 0, ok: 0, failed: 0 };
  readonly #history: HistoryWriter;
  readonly #names: TokenNames;
  readonly #portOf: (server: number) => number;

  constructor(history: HistoryWriter, names: TokenNames, portOf: (server: number) => number) {
    this.#history = history;
    this.#names = names;
    this.#portOf = portOf;
  }

  /** Makes a request. Never rejects. */
  async call({ token, abortAfter, isUndelivered, ...facts }: Call): Promise<Received> {
    this.counts.requests += 1;
    const call = this.counts.requests;
    this.#history.write({
      type: 'call',
      call,
      ...facts,
      token: token === undefined ? undefined : this.#names.of(token),
    });
    const port = this.#portOf(facts.server);
    const received = await send({ port, path: pathOf(facts), token, abortAfter });
    const isOk = received.kind === 'response' && received.status === 200;
    this.counts[isOk ? 'ok' : 'failed'] += 1;
    if (received.kind !== 'response') {
      this.#history.write({ type: 'outcome', call, ...received });
      return received;
    }
    const { kind, status, reply, sets, clears } = received;
    const delivered = isUndelivered !== true;
    const name = sets === undefined ? undefined : this.#names.of(sets);
    this.#history.write({ type: 'outcome', call, kind, status, reply, sets: name, clears, delivered });
    return delivered ? received : { kind: 'lost' };
  }
}

/** Writes what a request asks for as the target of its URL. */
export function pathOf({
  action,
  mark,
  user,
  target,
  keepUser,
  lifetime,
  wait,
}: Omit<Call, 'token' | 'client' | 'server'>): string {
  const fields = new URLSearchParams();
  const all = { mark, user, target, lifetime, wait, keepUser: keepUser === true ? 'yes' : undefined };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) fields.set(name, String(value));
  return `/${action}?${fields}`;
}
