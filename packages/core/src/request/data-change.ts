import { SessionError } from '../common/errors.ts';
import { dataToJson } from '../session/data.ts';
import type { DataReader } from './data-reader.ts';

/** A change of the data as `update` takes it: a function that alters a draft, or an object of properties to set. */
export type DataChange<Data, R> = ((data: Data) => R) | Partial<Data>;

/** Applies a change to a draft of the data. Returns the new JSON and what the change returned. */
export function changeData<Data extends object, R>(
  reader: DataReader<Data>,
  before: string,
  change: DataChange<Data, R>,
): { readonly json: string; readonly result: R | undefined } {
  const { data: draft, ignored } = reader.open(before);
  let result: R | undefined;
  if (typeof change === 'function') {
    result = change(draft);
    refusePromise(result);
    if (looksLikeNewData(draft, result) && reader.isUnchanged(draft, before)) throw returnedData();
  } else {
    // An own property __proto__ would set the draft's prototype, and the check of the JSON could no longer see it.
    if (Object.hasOwn(change, '__proto__')) dataToJson(change, 'data');
    Object.assign(draft, change);
  }
  return { json: reader.write(draft, ignored), result };
}

/** Refuses anything that is neither a function nor an object of properties. */
export function checkChange(change: unknown): void {
  if (
    typeof change === 'function' ||
    (typeof change === 'object' && change !== null && !Array.isArray(change))
  )
    return;
  const received = change === null ? 'null' : Array.isArray(change) ? 'an array' : `a ${typeof change}`;
  throw new SessionError(
    'ERR_DATA_INVALID',
    `update() must be given a function that alters the data, or an object of properties to set; received ${received}.`,
  );
}

/** Tells whether a change returned an object with all properties of the data, as a reducer does. */
function looksLikeNewData(draft: object, result: unknown): boolean {
  if (typeof result !== 'object' || result === null || Array.isArray(result) || result === draft)
    return false;
  return Object.keys(result).length > 0 && Object.keys(draft).every((key) => key in result);
}

function returnedData(): SessionError {
  return new SessionError(
    'ERR_DATA_INVALID',
    'The function given to update() returned new data and left the draft as it was, so nothing would be saved. Alter the draft instead: update((data) => { data.count = 5; }), or pass an object of properties: update({ count: 5 }).',
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
  // Nobody awaits this promise any more, so its rejection must not end the process.
  Promise.resolve(result).catch(() => {});
  throw new SessionError(
    'ERR_DATA_INVALID',
    'The function given to update() returned a promise. It runs inside an atomic write, so it must be synchronous: await first, then call update().',
  );
}
