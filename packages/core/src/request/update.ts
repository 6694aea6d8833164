import { timeoutsOf } from '../config/config.ts';
import { touched, withData } from '../session/lifecycle.ts';
import { changeData, checkChange, type DataChange } from './data-change.ts';
import { grant } from './grant.ts';
import type { RequestVisit } from './request-context.ts';

/** Changes the data of the session in one atomic step, or grants one that begins with the change. */
export async function update<Data extends object, R>(
  visit: RequestVisit<Data>,
  change: DataChange<Data, R>,
): Promise<R | undefined> {
  checkChange(change);
  visit.refuseCrossSite();
  const { held, engine } = visit;
  if (held === undefined) return grantWith(visit, change);
  const { result, state, base } = await engine.writer.write(held.id, held.base, {
    admission: held.admission,
    ends: false,
    apply: (before, now) => {
      const changed = changeData(visit, visit.readData(before.data), change);
      const used = touched(before, now, timeoutsOf(engine.config, before.user));
      return { kind: 'write', state: withData(used, changed.json), result: changed.result };
    },
  });
  // Where the visit has taken up another session meanwhile, that one stays.
  if (visit.held?.id === held.id) visit.held = { ...visit.held, state, base };
  return result;
}

async function grantWith<Data extends object, R>(
  visit: RequestVisit<Data>,
  change: DataChange<Data, R>,
): Promise<R | undefined> {
  return grant(visit, (data) => {
    const { result } = changeData(visit, data, change);
    return { data, result };
  });
}
