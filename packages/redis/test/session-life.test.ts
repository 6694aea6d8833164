import { createSessions, type Sessions } from '@coatcheck/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisStore } from '../src/redis-store.ts';
import { type OpenClient, SINGLE_CLIENTS } from './support/clients.ts';
import { Monitor } from './support/monitor.ts';
import { TestServer } from './support/server.ts';
import { Visitor } from './support/visitor.ts';

interface Cart {
  items: string[];
}

const SECRETS = ['a secret of the test that is long enough to be one'];

describe.each(Object.entries(SINGLE_CLIENTS))('commands of a session over %s', (kind, make) => {
  let server: TestServer;
  let monitor: Monitor;
  let opened: OpenClient;
  let sessions: Sessions<Cart>;
  beforeAll(async () => {
    server = await TestServer.start();
    monitor = await Monitor.open(server);
    opened = await make([server.port]);
    sessions = createSessions<Cart>({
      store: redisStore(opened.client, { prefix: `${kind.replaceAll(' ', '-')}:` }),
      initial: () => ({ items: [] }),
      secrets: SECRETS,
    });
    // Redis does not know the script yet.
    await new Visitor(sessions).request((session) => session.update({ items: [] }));
  });
  afterAll(async () => {
    opened.close();
    monitor.close();
    await server.stop();
  });

  it('sends none for a visitor without a token', async () => {
    const visitor = new Visitor(sessions);
    expect(await monitor.during(() => visitor.request((session) => session.data.items))).toEqual([]);
  });

  it('sends none for a forged token', async () => {
    const forged = new Visitor(sessions, `__Host-session=${'A'.repeat(65)}.${'A'.repeat(22)}`);
    const sent = await monitor.during(() =>
      forged.request((session) => expect(session.ended).toEqual({ reason: 'forged' })),
    );
    expect(sent).toEqual([]);
  });

  it('sends 1 to create a session, 1 to read it, 2 to read and write it', async () => {
    const visitor = new Visitor(sessions);
    const write = (): Promise<void> => visitor.request((session) => session.update({ items: ['hat'] }));
    expect(await monitor.during(write)).toEqual(['evalsha']);
    expect(await monitor.during(() => visitor.request((session) => session.data.items))).toEqual(['getex']);
    expect(await monitor.during(write)).toEqual(['getex', 'evalsha']);
  });

  it('sends at most 5 to sign in, and 2 to sign out', async () => {
    const visitor = new Visitor(sessions);
    await visitor.request((session) => session.update({ items: ['coat'] }));
    for (let round = 1; round <= 2; round += 1) {
      const signIn = await monitor.during(() => visitor.request((session) => session.signIn('alice')));
      expect(signIn).toContain('evalsha');
      expect(signIn.length).toBeLessThanOrEqual(5);
      const userId = await monitor.during(() =>
        visitor.request((session) => expect(session.userId).toBe('alice')),
      );
      expect(userId).toEqual(['getex']);
      const signOut = await monitor.during(() => visitor.request((session) => session.destroy()));
      expect(signOut).toEqual(['getex', 'evalsha']);
    }
  });
});
