import {
  createSessions,
  type Session,
  type SessionStore,
  type Sessions,
  type StoreRecord,
} from '@coatcheck/core';
import { FetchRequestView } from '@coatcheck/core/adapter';

/** Makes a record that is far from expired. */
export function makeRecord(version: number, body = `body ${version}`): StoreRecord {
  return { version, expiresAt: 4_000_000_000_000, body };
}

/** The data of the sessions in the tests. */
export interface Counted {
  count: number;
}

/** Makes the sessions of one process. */
export function countingSessions(store: SessionStore): Sessions<Counted> {
  return createSessions<Counted>({ store, initial: () => ({ count: 0 }) });
}

/** Loads the session that a cookie opens, as a request of its own does. */
export async function load(sessions: Sessions<Counted>, cookie: string): Promise<Session<Counted>> {
  const request = new Request('https://shop.example/', { method: 'POST', headers: { cookie } });
  return await sessions.open(new FetchRequestView(request, {})).session.load();
}
