import type { FaultEvent, HistoryEvent, RunEvent, ServerEvent } from '../history/events.ts';
import { HistoryError } from '../history/reader.ts';
import { afterId, type Call, joinCall, loadedId } from './call.ts';

/** Within this the clocks of all servers must agree, in milliseconds: docs/deadlines.md. */
const CLOCK_PROMISE = 10_000;
const CLOCK_READING = 100;

/** A token that a response set. */
export interface Grant {
  readonly token: string;
  readonly session: string;
  /** The first call whose response set it. */
  readonly call: Call;
}

/** A fault that has ended. */
export interface Fault {
  readonly begin: number;
  readonly end: number;
  readonly detail: string | undefined;
}

/** A session as a response showed it. */
export interface Sight {
  readonly call: Call;
  readonly user: string | undefined;
  readonly marks: readonly string[];
}

/** What a history tells of one session. */
export interface Life {
  readonly id: string;
  readonly sights: Sight[];
  /** The sessions that were handed out in its place, for a token of it. */
  readonly successors: Set<string>;
  /** The calls that may have changed who may use it: sign-ins, renewals and endings. */
  readonly changers: Call[];
  /** When the first response that shows it ended. */
  readonly shownAt: number;
}

/** A history in order: the calls, and what they tell of each session and token. */
export class World {
  readonly run: RunEvent;
  readonly calls: readonly Call[];
  readonly servers: readonly ServerEvent[];
  readonly faults: readonly Fault[];
  readonly lives: ReadonlyMap<string, Life>;
  readonly grants: ReadonlyMap<string, Grant>;
  /** Every token that a response set, also where the response does not show for which session. */
  readonly sent: ReadonlySet<string>;
  readonly #callsOf: ReadonlyMap<string, readonly Call[]>;
  readonly #before: ReadonlyMap<string, readonly string[]>;
  /** How far the clocks of two servers may differ, with some time for them to be read, in milliseconds. */
  readonly skew: number;

  /** @throws {HistoryError} if the history is of no complete run. */
  constructor(events: readonly HistoryEvent[]) {
    const [run] = events;
    if (run?.type !== 'run') throw new HistoryError('The history does not begin with what was run.');
    this.run = run;
    this.skew = Math.min(Math.max(...run.clocks) - Math.min(...run.clocks), CLOCK_PROMISE) + CLOCK_READING;
    this.calls = joinCalls(events);
    this.servers = events.filter((event) => event.type === 'server');
    this.faults = joinFaults(events.filter((event) => event.type === 'fault'));
    this.grants = findGrants(this.calls);
    this.sent = new Set(this.calls.flatMap(({ outcome }) => outcome.sets ?? []));
    this.lives = new LifeBook(this.calls, this.grants).lives;
    this.#callsOf = groupBy(this.calls, ({ token }) => token);
    const steps = [...this.lives.values()].flatMap(({ id, successors }) =>
      [...successors].map((successor) => ({ id, successor })),
    );
    const before = groupBy(steps, ({ successor }) => successor);
    this.#before = new Map([...before].map(([id, each]) => [id, each.map((step) => step.id)]));
  }

  /** The calls that presented a token. */
  callsOf(token: string | undefined): readonly Call[] {
    return this.#callsOf.get(token ?? '') ?? [];
  }

  /** The session that a token was granted for. */
  sessionOf(token: string | undefined): string | undefined {
    return token === undefined ? undefined : this.grants.get(token)?.session;
  }

  /** A session and all that were handed out in its place, one after the other. */
  chainOf(id: string): ReadonlySet<string> {
    return chainOf(this.lives, id);
  }

  /** A session, and all those in whose place it may have been handed out. */
  originsOf(id: string): ReadonlySet<string> {
    const origins = new Set([id]);
    for (const each of origins) for (const before of this.#before.get(each) ?? []) origins.add(before);
    return origins;
  }
}

/** Groups items by a key; those without one are left out. */
export function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function joinCalls(events: readonly HistoryEvent[]): readonly Call[] {
  const outcomes = new Map(
    events.filter((event) => event.type === 'outcome').map((event) => [event.call, event]),
  );
  return events
    .filter((event) => event.type === 'call')
    .map((event) => {
      const outcome = outcomes.get(event.call);
      if (outcome === undefined) throw new HistoryError(`Call ${event.call} has no outcome.`);
      return joinCall(event, outcome);
    });
}

function joinFaults(events: readonly FaultEvent[]): readonly Fault[] {
  const ends = new Map(events.filter(({ what }) => what === 'ends').map((event) => [event.fault, event]));
  return events
    .filter(({ what }) => what === 'begins')
    .map(({ at, fault }) => {
      const end = ends.get(fault);
      if (end === undefined) throw new HistoryError(`Fault ${fault} does not end.`);
      return { begin: at, end: end.at, detail: end.detail };
    });
}

function findGrants(calls: readonly Call[]): ReadonlyMap<string, Grant> {
  const grants = new Map<string, Grant>();
  for (const call of [...calls].sort((a, b) => a.end - b.end)) {
    const token = call.outcome.sets;
    const session = afterId(call);
    if (token !== undefined && session !== undefined && !grants.has(token)) {
      grants.set(token, { token, session, call });
    }
  }
  return grants;
}

/** Collects what the calls tell of each session. */
class LifeBook {
  readonly lives: Map<string, Life> = new Map();
  readonly #grants: ReadonlyMap<string, Grant>;

  constructor(calls: readonly Call[], grants: ReadonlyMap<string, Grant>) {
    this.#grants = grants;
    for (const call of [...calls].sort((a, b) => a.end - b.end)) this.#noteSights(call);
    for (const call of calls) this.#noteSuccessors(call);
    for (const call of calls) if (CHANGERS.has(call.action)) this.#noteChanger(call);
  }

  #noteSights(call: Call): void {
    const { loaded, after } = call.reply ?? {};
    // Most calls leave the session as they found it.
    const isSame = loaded?.id === after?.id && loaded?.marks === after?.marks && loaded?.user === after?.user;
    for (const each of isSame ? [loaded] : [loaded, after]) {
      if (each?.id === undefined) continue;
      const marks = each.marks === '' ? [] : each.marks.split(' ');
      this.#lifeOf(each.id, call.end).sights.push({ call, user: each.user, marks });
    }
  }

  #noteSuccessors(call: Call): void {
    const { receipt, won } = call.reply ?? {};
    if (receipt === undefined) return;
    const life = this.#lifeOf(receipt.session, call.end);
    const handed = won === undefined ? loadedId(call) : (afterId(call) ?? loadedId(call));
    if (handed !== undefined && handed !== receipt.session) life.successors.add(handed);
  }

  /** Notes a call at each session that it may have changed. */
  #noteChanger(call: Call): void {
    const shown = [loadedId(call), afterId(call)].filter((id) => id !== undefined);
    const presented = this.#grants.get(call.token ?? '')?.session;
    const ids = new Set(shown);
    if (call.action === 'revoke' && call.target !== undefined) ids.add(call.target);
    // Without a response it may have been any session that the token leads to. A sign-out also ends the successors.
    const start =
      call.reply === undefined ? presented : call.action === 'sign-out' ? loadedId(call) : undefined;
    if (start !== undefined) for (const id of chainOf(this.lives, start)) ids.add(id);
    for (const id of ids) this.#lifeOf(id, call.end).changers.push(call);
  }

  #lifeOf(id: string, shownAt: number): Life {
    const known = this.lives.get(id);
    if (known !== undefined) return known;
    const life: Life = { id, sights: [], successors: new Set(), changers: [], shownAt };
    this.lives.set(id, life);
    return life;
  }
}

const CHANGERS: ReadonlySet<string> = new Set(['sign-in', 'sign-out', 'renew', 'finish', 'revoke']);

function chainOf(lives: ReadonlyMap<string, Life>, start: string): ReadonlySet<string> {
  const chain = new Set([start]);
  for (const id of chain) for (const next of lives.get(id)?.successors ?? []) chain.add(next);
  return chain;
}
