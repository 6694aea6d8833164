import { saysEnded } from '../records/change.ts';
import type { RequestVisit } from './request-context.ts';

/**
 * Ends the session. The cookie is cleared only where this visit's secret was still accepted: clearing for what was merely found would let a slow
 * answer wipe a newer cookie. The user's list is not touched; the dead ID in it is pruned by the next who reads it.
 */
export async function destroy(visit: RequestVisit<object>): Promise<void> {
  visit.refuseCrossSite();
  const { held, engine } = visit;
  if (held === undefined) return;
  try {
    await engine.writer.write(held.id, held.base, {
      admission: held.admission,
      ends: true,
      apply: () => ({ kind: 'delete', result: undefined }),
    });
    visit.clears = true;
    engine.noteRaised(held.id, held.state.generation + 1);
    visit.emit({ type: 'destroyed' });
  } catch (error) {
    if (!saysEnded(error)) throw error;
  }
  visit.letGo();
}
