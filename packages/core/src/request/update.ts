import { timeoutsOf } from '../config/config.ts';
import { touched, withData } from '../session/lifecycle.ts';
import { changeData, checkChange, type DataChange } from './data-change.ts';
import { grant } from './grant.ts';
import type { RequestContext } from './request-context.ts';

/** Changes the session's data in one atomic step. Without a session, grants one whose data is changed. */
export async function update<Data extends object, R>(
  context: RequestContext<Data>,
  change: DataChange<Data, R>,
): Promise<R | undefined> {
  checkChange(change);
  context.refuseCrossSite();
  const { current, deps } = context;
  if (current === undefined) return grant(context, change);
  const { result, state, base } = await deps.writer.write(current.id, current.base, {
    admission: current.admission,
    ends: false,
    apply: (before, now) => {
      const changed = changeData(deps.data, before.data, change);
      const used = touched(before, now, timeoutsOf(deps.config, before.user, current.isNew));
      return { kind: 'write', state: withData(used, changed.json), result: changed.result };
    },
  });
  context.refreshCurrent(current.id, state, base);
  return result;
}
