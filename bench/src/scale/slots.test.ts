import { createSessions, memoryStore, type SessionStore } from '@coatcheck/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { excessOf, expectedExcess } from './slots.ts';

const SESSIONS = 30_000;

/** The keys that the library draws for new sessions, as Redis has them. */
async function drawnKeys(count: number): Promise<string[]> {
  const keys: string[] = [];
  const memory = memoryStore();
  const store: SessionStore = {
    read: (key) => memory.read(key),
    compareAndSet: (key, expected) => {
      if (expected === null) keys.push(`coatcheck:${key}`);
      return true;
    },
  };
  const sessions = createSessions<{ n: number }>({ store, initial: () => ({ n: 0 }), warnOnConsole: false });
  const request = { method: 'POST', host: 'shop.example', isSecure: true, ip: undefined } as const;
  const none = () => undefined;
  for (let session = 0; session < count; session += 1) {
    const visit = sessions.open({ ...request, header: none, query: none, form: none });
    await visit.session.load();
    await visit.session.update({ n: 1 });
  }
  return keys;
}

describe('the slots of a cluster', () => {
  let keys: readonly string[];
  beforeAll(async () => {
    keys = await drawnKeys(SESSIONS);
  }, 60_000);

  it('share the sessions of the library evenly among 3 to 100 primaries', () => {
    expect(keys).toHaveLength(SESSIONS);
    for (const primaries of [3, 6, 20, 100])
      expect(excessOf(primaries, keys)).toBeLessThan(expectedExcess(primaries, SESSIONS));
  });

  it('are not shared evenly by keys with one hash tag', () => {
    const tagged = Array.from({ length: 1000 }, (_, number) => `coatcheck:{shop}${number}`);
    expect(excessOf(20, tagged)).toBe(19);
  });
});
