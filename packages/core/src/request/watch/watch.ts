import { SessionError } from '../../common/errors.ts';
import { sessionEnded } from '../../records/change.ts';
import type { WatchEnd } from '../../session/session-types.ts';
import type { RequestContext } from '../request-context.ts';

/** Watches the session of a request. Returns a function that stops watching. */
export function watch(context: RequestContext<object>, onEnd: (end: WatchEnd) => void): () => void {
  const { current, deps } = context;
  if (typeof onEnd !== 'function') {
    throw new SessionError(
      'ERR_CONFIG',
      'session.watch() needs a function to call when the session ends, such as () => socket.close().',
    );
  }
  if (deps.broadcast === undefined) {
    throw new SessionError(
      'ERR_CONFIG',
      'session.watch() needs the option broadcast: true of createSessions(), in every process of the app.',
    );
  }
  if (current === undefined) throw sessionEnded();
  const { id, admission, state } = current;
  return deps.broadcast.watch({ id, generation: admission.generation, expiresAt: state.expiresAt, onEnd });
}
