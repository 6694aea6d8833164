import {
  createSessions,
  type Session,
  type SessionStore,
  type Sessions,
  type SessionsOptions,
} from '@coatcheck/core';
import { advance, emptyData, type ShopData } from '../shop-data.ts';
import type { SessionUse, Side, SideSetting } from '../side.ts';

/** The property that holds the session: the library that comes beside it in one program has taken `session`. */
export const NAME = 'coatcheck';

/** Sets up sessions as the README does, but for the store, counting and the clock. */
export function shopSessions(
  setting: SideSetting,
  store: SessionStore,
  options: Pick<SessionsOptions<ShopData>, 'secrets'> = {},
): Sessions<ShopData> {
  setting.count(store, ['read', 'compareAndSet']);
  return createSessions<ShopData>({ store, initial: emptyData, now: () => setting.now(), ...options });
}

/** Uses a session, wherever the framework holds it. */
export function useOf<Context>(sessionOf: (context: Context) => Session<ShopData>): SessionUse<Context> {
  return {
    read: (context) => sessionOf(context).data.visits,
    write: (context) => sessionOf(context).update(advance),
    signIn: async (context, userId) => {
      const session = sessionOf(context);
      await session.signIn(userId);
      return session.data.visits;
    },
    signOut: async (context) => {
      await sessionOf(context).destroy();
      return 0;
    },
  };
}

/** Adds the sweeping, which an app never has to call. */
export function withSweep(side: Side, sessions: Sessions<ShopData>): Side {
  return { ...side, sweep: () => sessions.sweep() };
}
