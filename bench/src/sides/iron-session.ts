import type { Request } from 'express';
import { getIronSession, type IronSession, type SessionOptions } from 'iron-session';
import { advance, type ShopData } from '../shop-data.ts';
import { IDLE_MS, SECRET, type SessionUse, type Side } from '../side.ts';
import { expressSide } from './express.ts';

interface IronData extends ShopData {
  userId: string;
}

const OPTIONS: SessionOptions = {
  cookieName: 'iron',
  password: SECRET,
  ttl: IDLE_MS / 1000,
  cookieOptions: { secure: true },
};

export function build(): Side {
  return expressSide(use);
}

const use: SessionUse<Request> = {
  read: async (req) => (await sessionOf(req)).visits ?? 0,
  write: async (req) => {
    const session = await sessionOf(req);
    const visits = advance(session);
    await session.save();
    return visits;
  },
  signIn: async (req, userId) => {
    const session = await sessionOf(req);
    session.userId = userId;
    await session.save();
    return session.visits ?? 0;
  },
  signOut: async (req) => {
    (await sessionOf(req)).destroy();
    return 0;
  },
};

function sessionOf(req: Request): Promise<IronSession<IronData>> {
  if (req.res === undefined) throw new Error('Express gives each request its response');
  return getIronSession<IronData>(req, req.res, OPTIONS);
}
