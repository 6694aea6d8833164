import type { Config } from '../config/config.ts';
import { decodeSession } from '../records/record.ts';
import { hasPassed } from '../session/expiry.ts';
import type { SessionState } from '../session/session-state.ts';
import type { StorePort } from '../store/store-port.ts';
import type { ListedSession } from './user-index.ts';

/** A live session of a user. */
export interface LivingSession {
  readonly id: string;
  readonly state: SessionState;
}

/** Reads the records of listed sessions. */
export class ListedSessions {
  readonly #port: StorePort;
  readonly #now: Config<object>['now'];
  readonly #onExpired: (id: string, state: SessionState) => void;

  constructor(
    port: StorePort,
    now: Config<object>['now'],
    onExpired: (id: string, state: SessionState) => void,
  ) {
    this.#port = port;
    this.#now = now;
    this.#onExpired = onExpired;
  }

  /** Reads listed sessions and separates the live from the dead: absent, finished, expired (and then deleted), or not this user's. */
  async examine(
    userId: string,
    sessions: readonly ListedSession[],
  ): Promise<{ living: readonly LivingSession[]; dead: readonly string[] }> {
    const states = await Promise.all(sessions.map(({ id }) => this.#stateOf(id)));
    const living: LivingSession[] = [];
    const dead: string[] = [];
    states.forEach((state, i) => {
      const id = sessions[i]?.id ?? '';
      if (state === 'gone') dead.push(id);
      // A record that cannot be read may be alive for a newer version of this library.
      else if (state === 'unreadable') return;
      else if (state.user?.id === userId && state.finish === undefined) living.push({ id, state });
      else dead.push(id);
    });
    return { living, dead };
  }

  /** Reads a session. An expired record is deleted first, or a process with a slower clock could still extend it. */
  async #stateOf(id: string): Promise<SessionState | 'gone' | 'unreadable'> {
    const port = this.#port;
    let record = await port.read(id);
    while (record !== undefined) {
      const state = decodeSession(record);
      if (state === undefined) return 'unreadable';
      if (!hasPassed(state.expiresAt, this.#now())) return state;
      const deleted = await port.delete(id, record);
      if (deleted === 'deleted') this.#onExpired(id, state);
      if (typeof deleted === 'string') return 'gone';
      record = deleted;
    }
    return 'gone';
  }
}
