import { SessionError } from '../common/errors.ts';
import { checkSize, dataToJson, validate } from '../session/data.ts';
import type { RequestVisit } from './request-context.ts';

/** A change of the data as `update` takes it: a function that alters a draft, or a patch. */
export type DataChange<Data, R> = ((data: Data) => R) | Partial<Data>;

/** Applies a change to a draft of the data, and gives the new JSON with what the change returned. */
export function changeData<Data extends object, R>(
  visit: RequestVisit<Data>,
  draft: Data,
  change: DataChange<Data, R>,
): { readonly json: string; readonly result: R | undefined } {
  let result: R | undefined;
  if (typeof change === 'function') {
    result = change(draft);
    refusePromise(result);
  } else {
    // An own property named __proto__ would set the draft's prototype; the check of the JSON could no longer see it.
    if (Object.hasOwn(change, '__proto__')) dataToJson(change, 'data');
    Object.assign(draft, change);
  }
  return { json: checkedJson(visit, draft), result };
}

/** Writes data as JSON after the schema and the limits have passed it. */
export function checkedJson<Data extends object>(visit: RequestVisit<Data>, data: Data): string {
  const { schema, maxDataBytes } = visit.engine.config;
  const json = dataToJson(schema === undefined ? data : validate(schema, data, 'as it was written'), 'data');
  checkSize(json, maxDataBytes, 'data');
  return json;
}

/** Refuses what is no change at all, before anything happens. */
export function checkChange(change: unknown): void {
  if (
    typeof change === 'function' ||
    (typeof change === 'object' && change !== null && !Array.isArray(change))
  )
    return;
  throw new SessionError(
    'ERR_DATA_INVALID',
    `update() takes a function that alters the data, or an object of properties to set; received ${change === null ? 'null' : Array.isArray(change) ? 'an array' : `a ${typeof change}`}.`,
  );
}

function refusePromise(result: unknown): void {
  if (
    typeof result !== 'object' ||
    result === null ||
    !('then' in result) ||
    typeof result.then !== 'function'
  )
    return;
  // Nobody waits for it any more, so its rejection must not end the process.
  Promise.resolve(result).catch(() => {});
  throw new SessionError(
    'ERR_DATA_INVALID',
    'The function given to update() returned a promise. It runs inside an atomic write and must be synchronous: await first, then update.',
  );
}
