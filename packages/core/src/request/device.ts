import { type Awaitable, andThen } from '../common/awaitable.ts';
import { type Snapshot, snapshotOf } from '../records/snapshot.ts';
import type { DirectResponse, FoundSession } from '../session/device-binder.ts';
import { hasPassed } from '../session/expiry.ts';
import { withDevice } from '../session/lifecycle.ts';
import { isSessionId } from '../session/token.ts';
import type { Deps } from './deps.ts';
import type { RequestContext } from './request-context.ts';

/** How many successors in a row lead from a finished session to the one that goes on. */
const MAX_HOPS = 8;

/** Responds to a request that the browser sent by itself to bind a session; undefined for any other request. */
export function respondToDevice(context: RequestContext<object>): Promise<DirectResponse> | undefined {
  const { deps, request } = context;
  const { deviceBinding } = deps.config;
  if (deviceBinding?.isAsked(request) !== true) return undefined;
  return deviceBinding.respond({
    view: request,
    find: (id) => find(deps, id, 0),
    emit: (event, session) => context.emit(event, session?.state, session?.id),
  });
}

function find(deps: Deps<object>, id: string, hops: number): Awaitable<FoundSession | 'gone' | 'unreadable'> {
  if (!isSessionId(id)) return 'gone';
  return andThen(deps.port.read(id), (record) => {
    const now = deps.config.now();
    const snapshot = record && snapshotOf(record, now);
    if (snapshot === undefined) return record === undefined ? 'gone' : 'unreadable';
    const { finish, expiresAt } = snapshot.state;
    if (hasPassed(expiresAt, now)) return 'gone';
    if (finish === undefined) return foundSession(deps, id, snapshot);
    return finish.successor === undefined || hops === MAX_HOPS
      ? 'gone'
      : find(deps, finish.successor.id, hops + 1);
  });
}

function foundSession({ writer }: Deps<object>, id: string, snapshot: Snapshot): FoundSession {
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
