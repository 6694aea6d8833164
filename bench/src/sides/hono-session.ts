import { type SessionEnv, useSession, useSessionStorage } from '@hono/session';
import type { Context, MiddlewareHandler } from 'hono';
import { advance, type ShopData } from '../shop-data.ts';
import { IDLE_MS, SECRET, type SessionUse, type Side, type SideSetting } from '../side.ts';
import { honoSide } from './hono.ts';
import { JsonStore } from './json-store.ts';

interface HonoData extends Partial<ShopData> {
  userId?: string;
  [name: string]: unknown;
}

type Env = SessionEnv<HonoData>;

const ABSOLUTE_SECONDS = 12 * 60 * 60;

export function withCookie(): Side {
  return honoSide<Env>(use, sessionMiddleware());
}

export function withStorage(setting: SideSetting): Side {
  const json = new JsonStore();
  const storage = {
    get: (sid: string) => dataOf(json.get(sid)),
    set: (sid: string, data: HonoData) => json.set(sid, data),
    delete: (sid: string) => json.delete(sid),
  };
  setting.count(storage, ['get', 'set', 'delete']);
  return honoSide<Env>(use, useSessionStorage<HonoData, Env>(storage), sessionMiddleware());
}

function sessionMiddleware(): MiddlewareHandler<Env> {
  return useSession<HonoData>({
    secret: SECRET,
    duration: { absolute: ABSOLUTE_SECONDS, inactivity: IDLE_MS / 1000 },
  });
}

function dataOf(value: unknown): HonoData | null {
  return typeof value === 'object' && value !== null ? { ...value } : null;
}

const use: SessionUse<Context<Env>> = {
  read: async (c) => (await c.var.session.get())?.visits ?? 0,
  write: async (c) => {
    let visits = 0;
    await c.var.session.update((earlier) => {
      const data: HonoData = { ...earlier };
      visits = advance(data);
      return data;
    });
    return visits;
  },
  signIn: async (c, userId) => {
    const data = await c.var.session.get();
    c.var.session.delete();
    await c.var.session.update({ ...data, userId });
    return data?.visits ?? 0;
  },
  signOut: async (c) => {
    await c.var.session.get();
    c.var.session.delete();
    return 0;
  },
};
