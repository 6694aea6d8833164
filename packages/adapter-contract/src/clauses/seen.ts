import { ok } from 'node:assert/strict';
import type { Reply } from '../reply.ts';
import type { Visitor } from '../visitor.ts';

/** The session as the app sees it. */
export interface Seen {
  readonly id: unknown;
  readonly count: unknown;
  readonly userId: unknown;
  readonly ended: unknown;
}

/** Reads the result of `show`. */
export function seenIn(reply: Reply): Seen {
  const { result } = reply;
  ok(typeof result === 'object' && result !== null, 'The response must describe the session');
  const seen: Partial<Seen> = result;
  return { id: seen.id, count: seen.count, userId: seen.userId, ended: seen.ended };
}

/** Requests the app's view of a visitor's session. */
export async function see(visitor: Visitor, path = '/text/session.show'): Promise<Seen> {
  return seenIn(await visitor.get(path));
}

export async function countSeen(visitor: Visitor): Promise<unknown> {
  return (await see(visitor)).count;
}
