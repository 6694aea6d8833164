import { createSessions, memoryStore, SessionError, type SessionStore } from '@coatcheck/core';
import { ipAddress, userAgent } from '@coatcheck/core/client-checks';
import { issue } from '@coatcheck/core/testing';
import { session as expressSession } from '@coatcheck/express';
import { session as koaSession } from '@coatcheck/koa';
import { redisStore } from '@coatcheck/redis';
import { sqliteStore } from '@coatcheck/sqlite';
import { Redis } from 'ioredis';

export const stores: readonly SessionStore[] = [
  memoryStore(),
  sqliteStore('shop.db'),
  redisStore(new Redis()),
];
const sessions = createSessions({
  store: memoryStore(),
  initial: () => ({ cart: ['tea'] }),
  clientChecks: [ipAddress({ v4: 24, v6: 56 }), userAgent()],
});
export const middleware = [expressSession(sessions), koaSession(sessions), issue];
export const code: string = new SessionError('ERR_CONFIG', 'wrong').code;
