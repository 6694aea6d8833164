import { saysEnded } from '../records/change.ts';
import type { RequestContext } from './request-context.ts';

/**
 * Ends the session, whatever secret it has by now: a sign-in or renew() beside this call must not let it live on. If another request has finished it in favour
 * of a successor, that one ends. The user's index is not changed; the next reader of it removes the dead ID.
 */
export async function destroy(context: RequestContext<object>): Promise<void> {
  context.refuseCrossSite();
  const { current, deps } = context;
  if (current === undefined) {
    // Nothing is left to end, but the visitor no longer wants to be told.
    if (context.ended?.reason === 'revoked' && !context.isSealed) context.clearToken();
    return;
  }
  let id: string | undefined = current.id;
  let isOurs = false;
  while (id !== undefined && !isOurs) {
    isOurs = await deleteSession(context, id);
    if (isOurs) {
      deps.generations.noteEnded(id);
      context.emit({ type: 'destroyed' }, undefined, id);
    } else {
      const next = await successorOf(context, id);
      // It has ended, perhaps by us: a client may have sent the deletion twice, and only the first one found a record.
      if (next !== id) deps.generations.noteEnded(id);
      id = next;
    }
  }
  // A response that comes second must not clear a newer cookie.
  if (isOurs && !context.isSealed) context.clearToken();
  else deps.uncleared.note(current.id);
  context.clearCurrent();
}

/** Deletes a session; false if it has ended already. */
async function deleteSession({ deps, current }: RequestContext<object>, id: string): Promise<boolean> {
  try {
    await deps.writer.write(id, current?.id === id ? current.base : undefined, {
      admission: undefined,
      ends: true,
      apply: () => ({ kind: 'delete', result: undefined }),
    });
    return true;
  } catch (error) {
    if (!saysEnded(error)) throw error;
    return false;
  }
}

/** Returns the ID of the session that another request has put in the place of this one, if any. */
async function successorOf({ deps }: RequestContext<object>, id: string): Promise<string | undefined> {
  const record = await deps.port.read(id);
  if (record === undefined) return undefined;
  const state = deps.records.decode(record)?.state;
  if (state !== undefined) return state.finish?.successor?.id;
  // A newer version of this software may have written it, and could still open it.
  const deleted = await deps.port.delete(id, record);
  return typeof deleted === 'object' ? id : undefined;
}
