import { type Awaitable, andThen } from '../../common/awaitable.ts';
import type { BindingContext } from '../../config/device-binder.ts';
import { type Snapshot, snapshotOf } from '../../records/snapshot.ts';
import { hasPassed } from '../../session/expiry.ts';
import { withDevice } from '../../session/lifecycle.ts';
import type { Device, SessionState } from '../../session/session-state.ts';
import { isSessionId } from '../../session/token.ts';

/** How many successors in a row lead from a finished session to the one that goes on. */
const MAX_HOPS = 8;

/** The session that a request of the browser itself is about. */
export interface FoundSession {
  readonly id: string;
  readonly state: SessionState;
  /**
   * Changes the binding in one atomic write, and resolves to what was written; undefined if `change` returned that. It may be called again for the version that
   * another writer left.
   *
   * @throws SessionError `ERR_SESSION_ENDED`, `ERR_SESSION_CONTENTION`, `ERR_STORE_UNAVAILABLE`
   */
  change(
    change: (device: Device | undefined, now: number) => Device | undefined,
  ): Promise<Device | undefined>;
}

/** Finds a session by its ID, or the one that goes on for it. Writes nothing. */
export function findSession(
  deps: BindingContext['deps'],
  id: string,
  now: () => number,
  hops = 0,
): Awaitable<FoundSession | 'gone' | 'unreadable'> {
  if (!isSessionId(id)) return 'gone';
  return andThen(deps.port.read(id), (record) => {
    const snapshot = record && snapshotOf(record, now());
    if (snapshot === undefined) return record === undefined ? 'gone' : 'unreadable';
    const { finish, expiresAt } = snapshot.state;
    if (hasPassed(expiresAt, snapshot.seenAt)) return 'gone';
    if (finish === undefined) return foundSession(deps, id, snapshot);
    return finish.successor === undefined || hops === MAX_HOPS
      ? 'gone'
      : findSession(deps, finish.successor.id, now, hops + 1);
  });
}

function foundSession({ writer }: BindingContext['deps'], id: string, snapshot: Snapshot): FoundSession {
  return {
    id,
    state: snapshot.state,
    change: async (change) => {
      const { result } = await writer.write(id, snapshot, {
        admission: undefined,
        ends: false,
        apply: (state, now) => {
          const device = change(state.device, now);
          return device === undefined || device === state.device
            ? { kind: 'keep', result: device }
            : { kind: 'write', state: withDevice(state, device), result: device };
        },
      });
      return result;
    },
  };
}
