import type { Context } from 'koa';
import session from 'koa-session';
import { advance, type ShopData } from '../shop-data.ts';
import { IDLE_MS, type SessionUse, type Side, type SideSetting } from '../side.ts';
import { JsonStore } from './json-store.ts';
import { koaSide } from './koa.ts';

/** What koa-session puts on a context, which its types leave open. */
interface KoaSession extends Partial<ShopData> {
  userId?: string;
  regenerate(): Promise<void>;
}

export function build(setting: SideSetting): Side {
  const json = new JsonStore();
  const store = {
    get: async (key: string) => json.get(key),
    set: async (key: string, value: unknown) => json.set(key, value),
    destroy: async (key: string) => json.delete(key),
  };
  setting.count(store, ['get', 'set', 'destroy']);
  return koaSide(use, (app) => session({ store, maxAge: IDLE_MS, secure: true, sameSite: 'lax' }, app));
}

const use: SessionUse<Context> = {
  read: (ctx) => sessionOf(ctx).visits ?? 0,
  write: (ctx) => advance(sessionOf(ctx)),
  signIn: async (ctx, userId) => {
    const session = sessionOf(ctx);
    session.userId = userId;
    await session.regenerate();
    return session.visits ?? 0;
  },
  signOut: (ctx) => {
    ctx['session'] = null;
    return 0;
  },
};

function sessionOf(ctx: Context): KoaSession {
  return ctx['session'];
}
