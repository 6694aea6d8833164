import { createSessions, memoryStore, SessionError } from '@coatcheck/core';
import { session } from '@coatcheck/express';

test('is typed in a file that ts-jest compiles', () => {
  const sessions = createSessions({ store: memoryStore(), initial: () => ({ cart: ['tea'] }) });
  expect(typeof session(sessions)).toBe('function');
  const text: string = new SessionError('ERR_CONFIG', 'wrong').code;
  expect(text).toBe('ERR_CONFIG');
  // @ts-expect-error: a store is needed
  expect(() => createSessions({})).toThrow('store');
});
