import type { Session } from '@coatcheck/core';
import type { ContractData } from './scenario.ts';

/** Does something with a session, and resolves to the result for the response. */
export type Action = (session: Session<ContractData>) => Promise<unknown>;

/** The ID of the user who signs in. */
const USER = 'ada';

const add: Action = (session) =>
  session.update((data) => {
    data.count += 1;
    return data.count;
  });

function show({ id, data, userId, ended }: Session<ContractData>): object {
  return { id, count: data.count, userId, ended: ended?.reason };
}

/** The actions that a route can perform on a session. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['ignore', async () => null],
  ['show', async (session) => show(await session.load())],
  ['show-at-once', async (session) => show(session)],
  ['add', add],
  [
    'add-and-reveal',
    async (session) => {
      await add(session);
      return session.revealToken();
    },
  ],
  ['sign-in', (session) => session.signIn(USER)],
  ['destroy', (session) => session.destroy()],
  [
    'assign',
    async (session) => {
      Object.assign(session, { count: 1 });
    },
  ],
]);
