import type { Session } from '../../src/session/session-types.ts';
import { type Exchange, type Instant, isBefore } from './exchange.ts';
import type { Timeline } from './timeline.ts';

/** The data of the simulated app: the numbers of the updates, in the order of their writing. */
export interface Basket {
  log: number[];
}

/** What killed tokens of a session, and which: those of `era` and before. */
export interface Kill {
  readonly kind: 'sign-in' | 'finish' | 'finish-keep' | 'destroy' | 'theft';
  readonly era: number;
  readonly exchange: Exchange;
  readonly began: Instant;
  readonly done: Instant;
  readonly successorId: string | undefined;
}

/** What is known of a session from what its calls resolved to, without a look into the store. */
export interface Life {
  readonly id: string;
  readonly label: string;
  /** The exchange that was first seen to have it. */
  readonly beganWith: Exchange;
  /** Who is signed in, by era: each sign-in that keeps the ID begins a new one. */
  readonly users: (string | undefined)[];
  readonly kills: Kill[];
  readonly acknowledged: { readonly update: number; readonly at: Instant }[];
  readonly tokens: TokenFact[];
}

/** What is known of a token. */
export interface TokenFact {
  readonly token: string;
  readonly label: string;
  readonly life: Life;
  readonly era: number;
  readonly kind: 'new' | 'renewed' | 'handed-over';
  /** The token that a renewal derived it from. */
  readonly from: TokenFact | undefined;
  /** When it first set out to the client. */
  readonly born: Instant;
  /** How many responses carried it. */
  responses: number;
  /** When it was first presented. */
  presented: Instant | undefined;
}

/** Something that no promise allows. */
export interface Fault {
  readonly exchange: Exchange | undefined;
  readonly at: number;
  readonly text: string;
}

const ID_LENGTH = 22;

/** Notes what the app was promised, and finds what contradicts it. */
export class Ledger {
  readonly faults: Fault[] = [];
  /** Requests that presented a token and were not served. */
  readonly refused: Exchange[] = [];
  /** Calls that failed because the session had ended meanwhile. */
  readonly cutShort: Exchange[] = [];
  /** Requests that were served by the successor of their session. */
  readonly handedOver: Exchange[] = [];
  /** Sessions that were ended because a retired token came back. */
  readonly endedByReuse: Set<string> = new Set();
  readonly #timeline: Timeline;
  readonly #lives = new Map<string, Life>();
  readonly #facts = new Map<string, TokenFact>();
  /** Where each update went: a session's ID, or nowhere. */
  readonly #updates: ({ readonly lifeId: string } | 'under way' | 'rejected')[] = [];
  #order = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Notes a moment. */
  instant(): Instant {
    this.#order += 1;
    return { at: this.#timeline.now, order: this.#order };
  }

  /** Notes a fault. */
  fault(text: string, exchange?: Exchange): void {
    this.faults.push({ exchange, at: this.#timeline.now, text });
  }

  life(id: string | undefined): Life | undefined {
    return id === undefined ? undefined : this.#lives.get(id);
  }

  fact(token: string | undefined): TokenFact | undefined {
    return token === undefined ? undefined : this.#facts.get(token);
  }

  /** Gives the era that a served exchange is in. */
  eraOf(x: Exchange): number {
    const fact = this.fact(x.token);
    return fact !== undefined && fact.life.id === x.servedId ? fact.era : 0;
  }

  /** Notes a session that began, or that was handed over before the one who began it heard of it. */
  begun(id: string, userId: string | undefined, x: Exchange): Life {
    const known = this.#lives.get(id);
    if (known !== undefined) return known;
    const label = `s${this.#lives.size + 1}`;
    const life: Life = { id, label, beganWith: x, users: [userId], kills: [], acknowledged: [], tokens: [] };
    this.#lives.set(id, life);
    return life;
  }

  /** Notes that a server has a request. */
  opened(x: Exchange): void {
    x.opened = this.instant();
    const fact = this.fact(x.token);
    if (fact !== undefined) fact.presented ??= x.opened;
  }

  /** Notes and checks what a load found. `began` is when it began. */
  loaded(x: Exchange, began: Instant, session: Session<Basket>): void {
    x.loaded = this.instant();
    x.servedId = session.id;
    const fact = this.fact(x.token);
    if (session.id === undefined) {
      x.refusal = session.ended?.reason;
      if (x.token !== undefined && !x.isForeign) this.refused.push(x);
      return;
    }
    if (fact === undefined) {
      this.fault('was served without a token that was ever sent', x);
      return;
    }
    if (fact.life.id !== session.id) this.handedOver.push(x);
    const era = this.eraOf(x);
    const life = this.begun(session.id, fact.life.users[fact.era], x);
    if (life.kills.some((kill) => kill.era >= era && isBefore(kill.done, x.opened)))
      this.fault(`was served with a token that was dead (${fact.label})`, x);
    if (session.userId !== life.users[era])
      this.fault(`was served as ${session.userId} instead of ${life.users[era]}`, x);
    this.#checkData(x, life, session.data.log, began);
  }

  /** Numbers an update that begins. */
  updateBegan(): number {
    return this.#updates.push('under way') - 1;
  }

  /** Notes that an update resolved. */
  acknowledge(x: Exchange, update: number, began: Instant, session: Session<Basket>): void {
    const life = this.life(session.id);
    if (life === undefined) {
      this.fault('an update resolved without a session', x);
      return;
    }
    const era = this.eraOf(x);
    if (x.beganId === undefined && life.kills.some((kill) => kill.era >= era && isBefore(kill.done, began)))
      this.fault('an update resolved whose token had died before', x);
    this.#updates[update] = { lifeId: life.id };
    life.acknowledged.push({ update, at: this.instant() });
    x.wrote.push(update);
  }

  /** Notes that an update rejected. */
  reject(update: number): void {
    this.#updates[update] = 'rejected';
  }

  /** Notes a call that killed a session's tokens of `era` and before. */
  killed(id: string, kill: Omit<Kill, 'done'>): void {
    this.life(id)?.kills.push({ ...kill, done: this.instant() });
  }

  /** Notes the token that a response carries. */
  sealed(x: Exchange, token: string | undefined): void {
    const born = this.instant();
    x.sealed = born;
    x.brings = token;
    if (token === undefined || token === '') return;
    const known = this.#facts.get(token);
    if (known !== undefined) {
      known.responses += 1;
      return;
    }
    const id = token.slice(0, ID_LENGTH);
    const life = this.life(id);
    if (life === undefined) {
      this.fault('sent a token of a session that never began', x);
      return;
    }
    const isNew = x.beganId === id;
    const presented = this.fact(x.token);
    const isRenewed = !isNew && presented?.life.id === id;
    const era = isNew ? x.beganEra : isRenewed ? presented.era : 0;
    const kind = isNew ? 'new' : isRenewed ? 'renewed' : 'handed-over';
    const label = `${life.label}/${life.tokens.length + 1}`;
    const from = isRenewed ? presented : undefined;
    const fact: TokenFact = { token, label, life, era, kind, from, born, responses: 1, presented: undefined };
    life.tokens.push(fact);
    this.#facts.set(token, fact);
  }

  /** Checks that data holds every update acknowledged before `began`, none that was rejected, and none of another session. */
  #checkData(x: Exchange, life: Life, log: readonly number[], began: Instant): void {
    const held = new Set(log);
    if (held.size !== log.length) this.fault('data held an update twice', x);
    this.checkHeld(x, life, held, began);
    for (const update of log) {
      const fate = this.#updates[update];
      if (fate === 'rejected') this.fault(`data held update ${update}, which had been rejected`, x);
      else if (typeof fate === 'object' && fate.lifeId !== life.id)
        this.fault(`data held update ${update} of another session`, x);
    }
  }

  /** Checks that nothing is missing of what was acknowledged before `began`. */
  checkHeld(x: Exchange, life: Life, held: ReadonlySet<unknown>, began: Instant): void {
    for (const { update, at } of life.acknowledged) {
      if (isBefore(at, began) && !held.has(update)) this.fault(`acknowledged update ${update} was lost`, x);
    }
  }
}
