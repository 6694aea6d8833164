import { type Session, SessionError } from '@coatcheck/core';
import type { ContractData } from '../../src/app/index.ts';
import { beforeHeaders } from './before-headers.ts';
import type { Mutant } from './mutant.ts';
import { type Steps, steps } from './steps.ts';

type Contract = Session<ContractData>;

/** Hands the app a copy of the session, some of which works differently. */
function handsOver(change: (session: Contract) => Partial<Contract>): Partial<Steps> {
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
        load: () => session.load(),
        update: session.update.bind(session),
        signIn: (userId, options) => session.signIn(userId, options),
        isFresh: (maxAge) => session.isFresh(maxAge),
        renew: () => session.renew(),
        finish: (receipt, options) => session.finish(receipt, options),
        destroy: () => session.destroy(),
        revealToken: () => session.revealToken(),
      };
      Object.assign(copy, change(session));
      steps.attach(holder, mount, copy);
    },
  };
}

/** The contract's app only updates by a function: this is that call, done differently. */
function updatesBy(update: (session: Contract, change: (data: ContractData) => unknown) => Promise<unknown>) {
  return (session: Contract): Partial<Contract> =>
    Object.fromEntries([['update', (change: (data: ContractData) => unknown) => update(session, change)]]);
}

const STARTED = new WeakSet<object>();

/** A copy can be assigned to, whatever else it does. */
const ASSIGNABLE = 'hands over a session that throws where something is assigned to it';

/** Lists adapters that hand over something else than the session of the core. */
export const sessionMutants: readonly Mutant[] = [
  {
    fault: 'hands over a copy of the session',
    steps: handsOver(() => ({})),
    fails: [ASSIGNABLE],
  },
  {
    fault: 'writes the data as it was loaded back as a whole',
    steps: handsOver(
      updatesBy(async (session, change) => {
        const { count } = (await session.load()).data;
        const data = { count };
        const result = change(data);
        await session.update(data);
        return result;
      }),
    ),
    fails: [ASSIGNABLE, 'keeps every one of 20 writes at the same moment'],
  },
  {
    fault: 'swallows the failure of a write',
    steps: handsOver(
      updatesBy((session, change) =>
        session.update(change).catch((error: unknown) => {
          if (error instanceof SessionError && error.code === 'ERR_STORE_UNAVAILABLE') return undefined;
          throw error;
        }),
      ),
    ),
    fails: [
      ASSIGNABLE,
      "gives the store's failure at a write to the framework's error handling, and grants nothing",
    ],
  },
  {
    fault: 'leaves the load undone',
    steps: handsOver((session) => ({ load: async () => session })),
    fails: [ASSIGNABLE, 'lets the app load where it is lazy'],
  },
  {
    fault: 'refuses every write once the response has started',
    steps: {
      arrange: (arrival, visit) => {
        steps.arrange(arrival, visit);
        beforeHeaders(arrival.res, () => STARTED.add(visit.session));
      },
      ...handsOver(
        updatesBy(async (session, change) => {
          if (STARTED.has(session)) throw new SessionError('ERR_RESPONSE_SEALED', 'Too late');
          return session.update(change);
        }),
      ),
    },
    fails: [
      ASSIGNABLE,
      'keeps an update from a running stream',
      'keeps what a handler wrote whose client went away, and goes on serving',
    ],
  },
];
