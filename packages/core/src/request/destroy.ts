import { saysEnded } from '../records/change.ts';
import type { RequestContext } from './request-context.ts';

/**
 * Ends the session. The cookie is cleared only if this request's secret was still accepted, so that a slow response cannot clear a newer cookie. The user's
 * index is not changed; the next reader of it removes the dead ID.
 */
export async function destroy(context: RequestContext<object>): Promise<void> {
  context.refuseCrossSite();
  const { current, deps } = context;
  if (current === undefined) return;
  try {
    await deps.writer.write(current.id, current.base, {
      admission: current.admission,
      ends: true,
      apply: () => ({ kind: 'delete', result: undefined }),
    });
    context.clearToken();
    deps.generations.noteRaised(current.id, current.state.generation + 1);
    context.emit({ type: 'destroyed' });
  } catch (error) {
    if (!saysEnded(error)) throw error;
  }
  context.clearCurrent();
}
