import { ok } from 'node:assert/strict';
import type { Reply } from '../reply.ts';
import type { Visitor } from '../visitor.ts';

/** What the app sees of a session. */
export interface Seen {
  readonly id: unknown;
  readonly count: unknown;
  readonly userId: unknown;
  readonly ended: unknown;
}

/** Reads what a `show` told. */
export function seenIn(reply: Reply): Seen {
  const { told } = reply;
  ok(typeof told === 'object' && told !== null, 'The answer tells nothing of the session');
  const seen: Partial<Seen> = told;
  return { id: seen.id, count: seen.count, userId: seen.userId, ended: seen.ended };
}

/** Asks what the app sees of a visitor's session. */
export async function see(visitor: Visitor, path = '/text/session.show'): Promise<Seen> {
  return seenIn(await visitor.get(path));
}

export async function countSeen(visitor: Visitor): Promise<unknown> {
  return (await see(visitor)).count;
}
