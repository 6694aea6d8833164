import type { StoreRecord } from '@coatcheck/core';
import type { ObjectState, ObjectStorage } from './binding.ts';
import { type Command, isRecord, type Reply } from './command.ts';

const RECORD = 'record';
/** How long after its deadline a record is removed, in milliseconds: a server whose clock is fast must end no session. */
const MARGIN = 600_000;
/** How far ahead an alarm is set at most, in milliseconds. It is set again when it rings, so a distant deadline needs no distant alarm. */
const MAX_AHEAD = 30 * 86_400_000;

/**
 * The Durable Object that keeps one record. Export it from the worker under the name that `durable_objects` and `migrations` of the Wrangler configuration
 * state, with `new_sqlite_classes`.
 *
 * An object runs one event at a time while it waits for its storage, so a comparison and its write are one step.
 *
 * @example
 * ```ts
 * export { SessionObject } from '@coatcheck/cloudflare';
 * ```
 */
export class SessionObject {
  /** Only a type: how Cloudflare's types, such as those of `wrangler types`, recognize the class of a Durable Object. */
  declare readonly __DURABLE_OBJECT_BRAND: never;
  readonly #storage: ObjectStorage;

  constructor(state: ObjectState) {
    this.#storage = state.storage;
  }

  /** Reads or writes the record, for `durableObjectStore`. */
  async fetch(request: Request): Promise<Response> {
    return Response.json(await this.#perform(JSON.parse(await request.text())));
  }

  /** Removes the record once it has expired; until then it sets the alarm again. */
  async alarm(): Promise<void> {
    const record = await this.#read();
    if (record === undefined) return;
    const now = Date.now();
    if (now >= record.expiresAt + MARGIN) await this.#storage.deleteAll();
    else await this.#storage.setAlarm(alarmFor(record, now));
  }

  async #perform(command: Command): Promise<Reply> {
    if (command.call === 'read') return { record: await this.#read() };
    return { won: await this.#compareAndSet(command.expected, command.next) };
  }

  async #read(): Promise<StoreRecord | undefined> {
    const record = await this.#storage.get(RECORD);
    return isRecord(record) ? record : undefined;
  }

  async #compareAndSet(expected: number | null, next: StoreRecord | null): Promise<boolean> {
    const record = await this.#read();
    if ((record?.version ?? null) !== expected) return false;
    if (next === null) {
      await this.#storage.deleteAlarm();
      await this.#storage.deleteAll();
      return true;
    }
    await this.#storage.put(RECORD, next);
    // A deadline that is extended keeps the alarm, which sets itself again: an alarm is a write too.
    const due = alarmFor(next, Date.now());
    const alarm = await this.#storage.getAlarm();
    if (alarm === null || due < alarm) await this.#storage.setAlarm(due);
    return true;
  }
}

function alarmFor({ expiresAt }: StoreRecord, now: number): number {
  return Math.min(Math.max(expiresAt, now) + MARGIN, now + MAX_AHEAD);
}
