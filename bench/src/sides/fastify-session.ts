import cookie from '@fastify/cookie';
import session from '@fastify/session';
import type { FastifyRequest } from 'fastify';
import { advance, type ShopData } from '../shop-data.ts';
import { IDLE_MS, SECRET, type SessionUse, type Side, type SideSetting } from '../side.ts';
import { fastifySide } from './fastify.ts';

declare module 'fastify' {
  interface Session extends Partial<ShopData> {
    userId?: string;
  }
}

export function build(setting: SideSetting): Promise<Side> {
  const store = new session.MemoryStore();
  setting.count(store, ['get', 'set', 'destroy']);
  return fastifySide(use, (app) => {
    void app.register(cookie);
    void app.register(session, {
      store,
      secret: SECRET,
      saveUninitialized: false,
      cookie: { secure: true, sameSite: 'lax', maxAge: IDLE_MS },
    });
  });
}

const use: SessionUse<FastifyRequest> = {
  read: ({ session }) => session.visits ?? 0,
  write: ({ session }) => advance(session),
  signIn: async (request, userId) => {
    await request.session.regenerate(['visits', 'cart', 'locale', 'currency', 'lastSearch']);
    request.session.userId = userId;
    return request.session.visits ?? 0;
  },
  signOut: async ({ session }) => {
    await session.destroy();
    return 0;
  },
};
