import { type Json, SessionError } from '@coatcheck/core';
import type { JsonObject } from '../data/json.ts';
import { check } from './check.ts';

/** Finds the user in the data of a session; undefined if no user is signed in. */
export type UserFinder = (data: JsonObject) => string | undefined;

/** Makes the finder of the option `userId`. */
export function userFinder(given: unknown): UserFinder {
  if (given === false) return () => undefined;
  check(
    given === undefined || typeof given === 'function',
    'userId',
    given,
    'a function of the data, or false',
  );
  const find = typeof given === 'function' ? given : passportUser;
  return (data) => {
    const found: unknown = find(data);
    if (found === undefined || found === null) return undefined;
    if (typeof found === 'string' || typeof found === 'number') return String(found);
    throw new SessionError(
      'ERR_CONFIG',
      `userId must return a string, a number or undefined; it returned a ${typeof found}. Write userId: (data) => data.passport?.user?.id, or serialize users by their ID.`,
    );
  };
}

/** Finds the user that passport serialized: an ID, or an object with one. */
function passportUser({ passport }: JsonObject): Json | undefined {
  if (typeof passport !== 'object' || passport === null || Array.isArray(passport)) return undefined;
  const { user } = passport;
  if (typeof user !== 'object' || user === null || Array.isArray(user)) return user;
  return user['id'] ?? user['_id'] ?? user['sub'] ?? user;
}
