import { isSessionId } from '../../session/token.ts';

/** Says that no token of a session from before `generation` works any more. An infinite one: the session has ended. */
export interface Notice {
  readonly sessionId: string;
  readonly generation: number;
}

/** Says that any session may have ended. */
export const ALL = '*';

/** How many notices one message has at most: it must fit into a NOTIFY of PostgreSQL. */
export const MAX_NOTICES = 100;

/** Writes a message: the IDs, each followed by its generation unless the session has ended. */
export function encodeNotices(notices: readonly Notice[]): string {
  return notices
    .map(({ sessionId, generation }) =>
      generation === Number.POSITIVE_INFINITY ? sessionId : `${sessionId}:${generation}`,
    )
    .join(' ');
}

/** Reads a message. `*` if it cannot be read: a later version of this software may have sent it. */
export function decodeNotices(message: string): readonly Notice[] | typeof ALL {
  const notices = message.split(' ').map(decodeNotice);
  const known = notices.filter((each) => each !== undefined);
  return known.length === notices.length ? known : ALL;
}

function decodeNotice(part: string): Notice | undefined {
  const [sessionId = '', generation] = part.split(':', 2);
  if (!isSessionId(sessionId)) return undefined;
  if (generation === undefined) return { sessionId, generation: Number.POSITIVE_INFINITY };
  return /^\d{1,15}$/.test(generation) ? { sessionId, generation: Number(generation) } : undefined;
}
