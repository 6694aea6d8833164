import { saysEnded } from '../records/change.ts';
import { decodeSession } from '../records/record.ts';
import { revoke } from '../records/revoke.ts';
import { hasPassed, REVOCATION_TOLD } from '../session/expiry.ts';
import type { SessionInspection } from '../session/sessions-types.ts';
import { isSessionId } from '../session/token.ts';
import type { Deps } from './deps.ts';

/** Reads a session by its ID, from outside a request. Writes nothing. */
export async function inspect<Data extends object>(
  { config, data, port }: Deps<Data>,
  id: string,
): Promise<SessionInspection<Data> | undefined> {
  if (typeof id !== 'string' || !isSessionId(id)) return undefined;
  const record = await port.read(id);
  const state = record && decodeSession(record);
  if (state === undefined || state.finish !== undefined || hasPassed(state.expiresAt, config.now())) {
    return undefined;
  }
  return {
    id,
    userId: state.user?.id,
    createdAt: new Date(state.createdAt),
    lastSeenAt: new Date(state.lastUsedAt),
    expiresAt: new Date(state.expiresAt),
    data: data.frozen(state, undefined),
  };
}

/** Ends a session by its ID, from outside a request. Resolves to whether it was alive. */
export async function end(
  { generations, users, writer, events }: Deps<object>,
  id: string,
): Promise<boolean> {
  if (typeof id !== 'string' || !isSessionId(id)) return false;
  let userId: string | undefined;
  const ended = await revoke(async (apply) => {
    try {
      await writer.write(id, undefined, {
        admission: undefined,
        ends: true,
        apply: (state, now) => {
          userId = state.user?.id;
          return apply(state, now);
        },
      });
      return true;
    } catch (error) {
      if (saysEnded(error)) return false;
      throw error;
    }
  }, REVOCATION_TOLD);
  if (!ended) return false;
  generations.noteEnded(id);
  events.emit({ type: 'revoked', sessionId: id, userId, by: 'revoke' });
  if (userId !== undefined) await users.prune(userId, [id]);
  return true;
}
