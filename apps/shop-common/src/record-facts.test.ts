import { createSessions, memoryStore } from '@coatcheck/core';
import { fakeClock, issue } from '@coatcheck/core/testing';
import { expect, it } from 'vitest';
import { readRecord } from './record-facts.ts';
import { emptyData } from './shop-data.ts';

const DATA = { cart: [{ sku: 'fell-parka', quantity: 2 }], orders: [] };

async function recordOf(options: { userId?: string }) {
  const store = memoryStore();
  const clock = fakeClock();
  const sessions = createSessions({ store, initial: emptyData, now: clock.now });
  const { sessionId, cookie } = await issue(sessions, { ...options, data: DATA });
  const read = async () => {
    const record = await store.read(sessionId);
    return record && readRecord(record);
  };
  return { clock, cookie, read, sessionId, sessions, start: clock.now() };
}

it('reads what the library stores of a signed-in session', async () => {
  const { cookie, read, start } = await recordOf({ userId: 'maren' });
  const facts = await read();
  expect(facts).toMatchObject({
    data: JSON.stringify(DATA),
    generation: 1,
    createdAt: new Date(start),
    lastUsedAt: new Date(start),
    idleDeadline: new Date(start + 30 * 60_000),
    absoluteDeadline: new Date(start + 12 * 60 * 60_000),
    user: { id: 'maren', signedInAt: new Date(start), remembered: false },
    isRenewing: false,
    binding: undefined,
    end: undefined,
  });
  expect(facts?.hash).toHaveLength(8);
  expect(cookie).not.toContain(facts?.hash);
});

it('tells a session that was revoked from one that is alive', async () => {
  const { read, sessionId, sessions } = await recordOf({ userId: 'maren' });
  await sessions.revoke('maren', sessionId);
  expect(await read()).toMatchObject({ data: '', end: 'revoked' });
});

it('reads since when a session is bound, and until when its latest cookie lives', () => {
  const bound = (...device: readonly unknown[]) => {
    const header = [1, '', 0, 'hash', 0, 0, 0, 0, '', '', '', { d: ['id', ...device] }];
    return readRecord({ version: 1, expiresAt: 0, body: `${JSON.stringify(header)}\n{}` })?.binding;
  };
  const cookies = [
    ['hash', 9000],
    ['hash', 5000],
  ];
  expect(bound('', null, [['challenge', 1]], [])).toEqual({
    isRegistered: false,
    boundAt: undefined,
    cookieUntil: undefined,
  });
  expect(bound('key', 1000, [['challenge', 1]], cookies)).toEqual({
    isRegistered: true,
    boundAt: new Date(1000),
    cookieUntil: new Date(9000),
  });
});

it('reads no other record', () => {
  for (const body of ['', '\n', '[]\n{}', '[2,"",0,"hash",0,0,0]\n{}', '{"sessions":[]}', '[1,"",0]\n{}']) {
    expect(readRecord({ version: 1, expiresAt: 0, body })).toBeUndefined();
  }
});
