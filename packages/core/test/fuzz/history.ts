import { decodeSession } from '../../src/records/record.ts';
import { matchSecret } from '../../src/session/admission.ts';
import { hasPassed } from '../../src/session/expiry.ts';
import type { SessionState } from '../../src/session/session-state.ts';
import { hashSecret } from '../../src/session/token.ts';
import type { StoreRecord } from '../../src/store/store.ts';
import { decodeIndex, userKey } from '../../src/users/user-index.ts';
import { Comebacks } from './comebacks.ts';
import type { Landing } from './ordered-store.ts';
import { type Revocation, Revocations } from './revocations.ts';

/** The data of the programs' sessions: the marks of the updates that were applied. */
export interface Marks {
  marks: string[];
}

/** A token that was sent in a response. */
export interface GrantedToken {
  readonly text: string;
  readonly id: string;
  readonly secret: string;
  /** When the request that sent it was admitted. */
  readonly admittedAt: number;
}

interface Update {
  readonly mark: string;
  readonly sessionId: string;
  readonly startedAt: number;
  resolvedAt: number | undefined;
  wasRejected: boolean;
}

/** Thrown if a program broke a promise. */
export class PromiseBroken extends Error {}

/** Records what a program did and saw, and finds broken promises. */
export class History {
  readonly granted: GrantedToken[] = [];
  readonly trace: string[] = [];
  /** Sessions that ended, by ID, with the moment. */
  readonly #ended = new Map<string, number>();
  readonly #updates: Update[] = [];
  readonly revocations: Revocations = new Revocations();
  readonly comebacks: Comebacks = new Comebacks();
  /** From when a token must open nothing. */
  readonly #dead = new Map<string, number>();
  readonly #finishes = new Map<string, number>();
  readonly #receipts = new Map<string, string>();
  readonly #markUsers = new Map<string, string | undefined>();
  readonly #expired = new Set<string>();
  /** The marks that were read in some data. */
  readonly #seen = new Set<string>();
  readonly #presented = new Set<string>();
  readonly #exclusiveCalls = new Map<string, number>();
  readonly #max: number;
  #clock = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Returns the next moment: each event has its own. */
  tick(note: string): number {
    this.#clock += 1;
    this.trace.push(`${this.#clock} ${note}`);
    return this.#clock;
  }

  /** Stops the program. */
  fail(promise: string): never {
    throw new PromiseBroken(promise);
  }

  /** Records that a session ended. */
  noteEnded(id: string, how: string): void {
    if (how === 'expired') this.#expired.add(id);
    if (!this.#ended.has(id)) this.#ended.set(id, this.tick(`${id} ended: ${how}`));
  }

  /** Records that a token was sent. */
  noteGranted(token: GrantedToken): void {
    this.granted.push(token);
  }

  /** Records a new secret: all earlier tokens of the session are dead, including those still to be sent by requests admitted before. */
  noteRekeyed(id: string, calledAt: number, own: string): void {
    const at = this.tick(`${id} rekeyed`);
    for (const token of this.granted) {
      if (
        token.id === id &&
        token.secret !== own &&
        token.admittedAt < calledAt &&
        !this.#dead.has(token.text)
      ) {
        this.#dead.set(token.text, at);
      }
    }
  }

  noteRevokedUser(revocation: Revocation): void {
    this.revocations.noteRevoked(revocation);
    this.tick(`all of ${revocation.userId} revoked`);
  }

  noteUpdate(sessionId: string, mark: string): Update {
    const update = {
      mark,
      sessionId,
      startedAt: this.tick(`update ${mark} of ${sessionId}`),
      resolvedAt: undefined,
      wasRejected: false,
    };
    this.#updates.push(update);
    return update;
  }

  /** Records that an update was rejected with the word that nothing was written: it must be in no data, before or after. */
  noteRejected(update: Update, code: string | undefined): void {
    update.wasRejected = true;
    this.tick(`update ${update.mark} rejected: ${code}`);
    if (this.#seen.has(update.mark)) this.fail(`an update that rejected was in no data (${update.mark})`);
  }

  noteFinished(id: string, receipt: string): void {
    const count = (this.#finishes.get(id) ?? 0) + 1;
    this.#finishes.set(id, count);
    if (count > 1) this.fail('at most one finish of a session resolves true');
    this.noteReceipt(id, receipt);
    for (const { mark, sessionId, resolvedAt } of this.#updates) {
      if (sessionId === id && resolvedAt !== undefined && !receipt.split(' ').includes(mark)) {
        this.fail(`the receipt is computed from the data that is finished (${mark} is missing)`);
      }
    }
  }

  /** Judges the session that a finished one's token opened: only its successor, or the successor of that. */
  checkHandedOver(finished: string, id: string): void {
    if (!this.revocations.lineOf(id).includes(finished)) {
      this.fail('a finished session hands over its successor and no other session');
    }
  }

  /** Judges a successor that a failing finish ends: nobody may hold its token. */
  checkUnsent(id: string): void {
    if (this.granted.some((each) => each.id === id)) {
      this.fail('a finish that fails ends no successor that was handed to a client');
    }
  }

  /** Records a receipt: it must always be the same. */
  noteReceipt(id: string, receipt: string): void {
    const before = this.#receipts.get(id);
    if (before !== undefined && before !== receipt) this.fail('a finished session has one receipt');
    this.#receipts.set(id, receipt);
  }

  finishCount(id: string): number {
    return this.#finishes.get(id) ?? 0;
  }

  hasEnded(id: string): boolean {
    return this.#ended.has(id);
  }

  /** Judges a served request by when it began to load. */
  checkServed(
    token: string,
    id: string,
    userId: string | undefined,
    marks: readonly string[],
    began: number,
  ): void {
    const presented = this.granted.find((each) => each.text === token);
    if (presented === undefined) this.fail('a token that was never sent is never accepted');
    const deadSince = this.#dead.get(token);
    if (deadSince !== undefined && deadSince < began)
      this.fail('an old token is dead once signIn or renew resolved');
    const endedAt = this.#ended.get(id);
    if (endedAt !== undefined && endedAt < began) this.fail('nothing that ended is served again');
    this.checkMarks(id, userId, marks, began);
  }

  /** Judges data: it must contain what resolved and nothing that was rejected. */
  checkMarks(id: string, userId: string | undefined, marks: readonly string[], began: number): void {
    for (const mark of marks) this.#seen.add(mark);
    if (new Set(marks).size !== marks.length) this.fail('an update is applied once');
    for (const update of this.#updates) {
      const isThere = marks.includes(update.mark);
      if (isThere && update.wasRejected) this.fail(`an update that rejected is in no data (${update.mark})`);
      const mustBeThere =
        update.sessionId === id && update.resolvedAt !== undefined && update.resolvedAt < began;
      if (mustBeThere && !isThere) this.fail(`an update that resolved is in the data (${update.mark})`);
    }
    for (const mark of marks) {
      const writer = this.#markUsers.get(mark);
      if (writer !== undefined && writer !== userId)
        this.fail("no data is carried to another user's session");
    }
  }

  noteMarkUser(mark: string, userId: string | undefined): void {
    this.#markUsers.set(mark, userId);
  }

  /** Records that a client presented a secret, so it may be confirmed. */
  notePresented(text: string): void {
    this.#presented.add(hashSecret(text.slice(22)));
  }

  /** Records a call that may replace the session or its secret. */
  noteExclusiveCall(id: string): void {
    this.#exclusiveCalls.set(id, (this.#exclusiveCalls.get(id) ?? 0) + 1);
  }

  /** Judges a sign-in rejected for the limit: if nothing else changed the session, the visitor's token must open it as before. */
  checkLimitRefused(id: string, presented: string, record: StoreRecord | undefined): void {
    if (this.#exclusiveCalls.get(id) !== 1 || this.#expired.has(id)) return;
    const state = record && decodeSession(record);
    const isOpen = state !== undefined && matchSecret(state, hashSecret(presented.slice(22))) !== undefined;
    if (!isOpen) this.fail('a sign-in rejected for the limit leaves the session unchanged');
  }

  /** Judges a write when it happens. */
  checkLanding({ key, before, after, calledAt, by }: Landing): void {
    const earlier = before && decodeSession(before);
    const later = after && decodeSession(after);
    const index = after && decodeIndex(after);
    if (after === null) this.tick(`${key} deleted`);
    if (index) {
      const list = index.sessions.map(({ id, epoch }) => `${id.slice(0, 6)}@${epoch}`).join(' ');
      this.tick(`index ${key.slice(0, 9)} written, epoch ${index.epoch}: ${list}`);
    }
    if (later && !earlier) this.tick(`${key} created for ${later.user?.id} in epoch ${later.user?.epoch}`);
    if (!earlier || !later) return;
    if (later.finish === undefined && hasPassed(earlier.expiresAt, calledAt)) {
      this.fail('no write replaces a session whose deadline has passed');
    }
    this.comebacks.noteWritten({ before: earlier, after: later }, by, calledAt, this.#clock);
    const isConfirmed = earlier.next !== undefined && later.secret.hash === earlier.next.hash;
    if (isConfirmed && !this.#presented.has(later.secret.hash)) {
      this.fail('only the client itself confirms a renewal');
    }
    if (earlier.finish !== undefined) this.fail('a finished session is not written again');
    const successor = later.finish?.successor;
    // Not by the event: a server may crash before it emits one.
    if (successor !== undefined) this.revocations.noteSuccessor(successor.id, key);
    this.tick(`${key} written, generation ${later.generation}`);
  }

  /** Judges the store: each session that would be served must be listed, within the limit and not revoked. */
  audit(records: ReadonlyMap<string, StoreRecord>, earliestNow: number): void {
    const served = new Map<string, SessionState>();
    for (const { id, secret } of this.granted) {
      const record = records.get(id);
      const state = record && decodeSession(record);
      if (state === undefined || state.finish !== undefined || hasPassed(state.expiresAt, earliestNow))
        continue;
      if (matchSecret(state, hashSecret(secret)) !== undefined) served.set(id, state);
    }
    const perUser = new Map<string, number>();
    for (const [id, { user, data }] of served) {
      if (this.#ended.has(id)) this.fail('nothing that ended is left in the store');
      const { marks }: Marks = JSON.parse(data);
      this.checkMarks(id, user?.id, marks, this.#clock + 1);
      if (user === undefined) continue;
      perUser.set(user.id, (perUser.get(user.id) ?? 0) + 1);
      const index = records.get(userKey(user.id));
      const isListed = index && decodeIndex(index)?.sessions.some((each) => each.id === id);
      if (isListed !== true) this.fail('every served session is listed');
      if (this.revocations.missed(id, user.id)) {
        this.fail('after revokeUser no session of an earlier sign-in is served');
      }
    }
    for (const count of perUser.values()) {
      if (count > this.#max) this.fail('a user has no more than max sessions');
    }
  }
}
