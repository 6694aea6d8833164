import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/session/session-types.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import { assembleSessions } from '../../src/sessions.ts';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
import type { SessionStore } from '../../src/store/store.ts';
import { issue } from '../../src/testing/issue.ts';
import { requestWith } from './request.ts';

interface Count {
  count: number;
}

const WRITERS = 20;

/** A store as over a network: each result comes a turn of the event loop after the call. */
function distant(store: SessionStore): SessionStore {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    read: async (key) => {
      await turn();
      return store.read(key);
    },
    compareAndSet: async (...call) => {
      await turn();
      return store.compareAndSet(...call);
    },
  };
}

function server(store: SessionStore): Sessions<Count> {
  return assembleSessions<Count>({ store, initial: () => ({ count: 0 }) }, () => new Promise(setImmediate));
}

describe('an ending call is not starved by 20 writers of 20 other processes', () => {
  const endings: Record<string, (sessions: Sessions<Count>, session: Session<Count>) => Promise<unknown>> = {
    destroy: (_, session) => session.destroy(),
    finish: (_, session) => session.finish(),
    revoke: (sessions, { id = '' }) => sessions.revoke('ann', id),
    revokeUser: (sessions) => sessions.revokeUser('ann'),
  };
  for (const [name, end] of Object.entries(endings)) {
    it(name, async () => {
      const store = distant(memoryStore());
      const sessions = server(store);
      const { cookie, sessionId } = await issue(sessions, { userId: 'ann' });
      const { session } = sessions.open(requestWith(cookie));
      await session.load();
      let hasEnded = false;
      let updates = 0;
      const hammer = async () => {
        const { session: other } = server(store).open(requestWith(cookie));
        await other.load();
        while (!hasEnded && other.id !== undefined) {
          try {
            await other.update((data) => {
              data.count += 1;
            });
            updates += 1;
          } catch (error) {
            if (error instanceof Error && 'code' in error && error.code === 'ERR_SESSION_ENDED') return;
          }
        }
      };
      const writers = Array.from({ length: WRITERS }, hammer);
      while (updates < WRITERS) await new Promise(setImmediate);
      await end(sessions, session);
      hasEnded = true;
      await Promise.all(writers);
      const { session: after } = sessions.open(requestWith(cookie));
      await after.load();
      expect(after.id).toBeUndefined();
      expect(await sessions.list('ann')).toEqual([]);
      expect(sessionId).toHaveLength(22);
    });
  }
});
