import { type Session, SessionError } from '@coatcheck/core';
import type { ContractData } from '../../src/app/index.ts';
import { beforeHeaders } from './before-headers.ts';
import type { Mutant } from './mutant.ts';
import { type Steps, steps } from './steps.ts';

type Contract = Session<ContractData>;

/** Gives the app a copy of the session in which some methods work differently. */
function providesCopy(change: (session: Contract) => Partial<Contract>): Partial<Steps> {
  return {
    attach: (holder, mount, session) => {
      const copy: Contract = {
        get id() {
          return session.id;
        },
        get data() {
          return session.data;
        },
        get userId() {
          return session.userId;
        },
        get createdAt() {
          return session.createdAt;
        },
        get signedInAt() {
          return session.signedInAt;
        },
        get expiresAt() {
          return session.expiresAt;
        },
        get ended() {
          return session.ended;
        },
        get clientChanges() {
          return session.clientChanges;
        },
        view: () => session.view(),
        load: () => session.load(),
        reload: () => session.reload(),
        update: session.update.bind(session),
        signIn: (userId, options) => session.signIn(userId, options),
        isFresh: (maxAge) => session.isFresh(maxAge),
        isBound: () => session.isBound(),
        renew: () => session.renew(),
        finish: (receipt, options) => session.finish(receipt, options),
        destroy: () => session.destroy(),
        watch: (onEnd) => session.watch(onEnd),
        revealToken: () => session.revealToken(),
      };
      Object.assign(copy, change(session));
      steps.attach(holder, mount, copy);
    },
  };
}

/** Replaces `update`. The contract's app calls it only with a function. */
function updatesBy(update: (session: Contract, change: (data: ContractData) => unknown) => Promise<unknown>) {
  return (session: Contract): Partial<Contract> =>
    Object.fromEntries([['update', (change: (data: ContractData) => unknown) => update(session, change)]]);
}

const STARTED = new WeakSet<object>();

/** Every copy fails this clause, because it can be assigned to. */
const ASSIGNABLE = 'provides a session that throws on assignment';

/** Lists adapters that provide something other than the core's session. */
export const sessionMutants: readonly Mutant[] = [
  {
    fault: 'provides a copy of the session',
    steps: providesCopy(() => ({})),
    fails: [ASSIGNABLE],
  },
  {
    fault: 'writes back all of the data that it loaded',
    steps: providesCopy(
      updatesBy(async (session, change) => {
        const { count } = (await session.load()).data;
        const data = { count };
        const result = change(data);
        await session.update(data);
        return result;
      }),
    ),
    fails: [ASSIGNABLE, 'keeps all of 20 concurrent updates, over a store that takes 20 ms'],
  },
  {
    fault: 'swallows a failed write',
    steps: providesCopy(
      updatesBy((session, change) =>
        session.update(change).catch((error: unknown) => {
          if (error instanceof SessionError && error.code === 'ERR_STORE_UNAVAILABLE') return undefined;
          throw error;
        }),
      ),
    ),
    fails: [
      ASSIGNABLE,
      "passes a store failure during a write to the framework's error handling, and issues no token",
    ],
  },
  {
    fault: 'does not load',
    steps: providesCopy((session) => ({ load: async () => session })),
    fails: [ASSIGNABLE, 'lets the app load the session if it is lazy'],
  },
  {
    fault: 'rejects every write once the response has started',
    steps: {
      arrange: (arrival, visit) => {
        steps.arrange(arrival, visit);
        beforeHeaders(arrival.res, () => STARTED.add(visit.session));
      },
      ...providesCopy(
        updatesBy(async (session, change) => {
          if (STARTED.has(session)) throw new SessionError('ERR_RESPONSE_SEALED', 'Too late');
          return session.update(change);
        }),
      ),
    },
    fails: [
      ASSIGNABLE,
      'keeps an update made during a stream',
      'keeps what a handler wrote after its client disconnected, and keeps serving',
    ],
  },
];
