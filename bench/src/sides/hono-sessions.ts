import type { Context } from 'hono';
import { MemoryStore, type Session, sessionMiddleware } from 'hono-sessions';
import { filledData, nextVisit, type ShopData } from '../shop-data.ts';
import { IDLE_MS, SECRET, type SessionUse, type Side, type SideSetting } from '../side.ts';
import { honoSide } from './hono.ts';

interface HonoData extends ShopData {
  userId: string;
}

interface Variables {
  Variables: { session: Session<HonoData>; session_key_rotation: boolean };
}

export function withoutEncryption(setting: SideSetting): Side {
  return build(setting);
}

export function withEncryption(setting: SideSetting): Side {
  return build(setting, { encryptionKey: SECRET });
}

function build(setting: SideSetting, encryption: { encryptionKey?: string } = {}): Side {
  const store = new MemoryStore();
  setting.count(store, ['getSessionById', 'createSession', 'deleteSession', 'persistSessionData']);
  return honoSide<Variables>(
    use,
    sessionMiddleware({
      store,
      ...encryption,
      expireAfterSeconds: IDLE_MS / 1000,
      cookieOptions: { sameSite: 'Lax', path: '/', httpOnly: true, secure: true },
    }),
  );
}

const use: SessionUse<Context<Variables>> = {
  read: (c) => c.var.session.get('visits') ?? 0,
  write: (c) => {
    const { session } = c.var;
    const visits = session.get('visits');
    if (visits !== null) {
      session.set('visits', nextVisit(visits));
      return nextVisit(visits);
    }
    const data = filledData();
    session.set('visits', data.visits);
    session.set('cart', data.cart);
    session.set('locale', data.locale);
    session.set('currency', data.currency);
    session.set('lastSearch', data.lastSearch);
    return data.visits;
  },
  signIn: (c, userId) => {
    c.set('session_key_rotation', true);
    c.var.session.set('userId', userId);
    return c.var.session.get('visits') ?? 0;
  },
  signOut: (c) => {
    c.var.session.deleteSession();
    return 0;
  },
};
