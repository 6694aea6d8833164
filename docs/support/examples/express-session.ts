import type { SessionStore } from '@coatcheck/core';
import type makeSession from '@coatcheck/express-session';
import type { SessionRequest } from '@coatcheck/express-session';
import type { Express } from 'express';
import type { RedisClientType } from 'redis';

declare module '@coatcheck/express-session' {
  interface SessionData {
    views: number;
  }
}

export declare const app: Express;
export declare const req: SessionRequest;
export declare const secret: string;
export declare const store: SessionStore;
export declare const session: typeof makeSession;
export declare const client: RedisClientType;
