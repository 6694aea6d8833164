import type { StandardSchemaV1 } from '@standard-schema/spec';
import { SessionError } from '../common/errors.ts';
import type { DeepReadonly } from '../common/json.ts';

/**
 * Writes data as JSON, and refuses what JSON would not give back unchanged: `ERR_DATA_INVALID` names the path. A property that is
 * undefined is left out, as an optional property is; a negative zero becomes zero.
 */
export function dataToJson(data: unknown, what: string): string {
  checkJson(data, what, []);
  return JSON.stringify(data);
}

/**
 * Parses data from the store.
 *
 * @throws `ERR_DATA_INVALID` if it is not the JSON of an object or an array.
 */
export function parseData(json: string): object {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    throw corruptData();
  }
  if (!isObject(data)) throw corruptData();
  return data;
}

function corruptData(): SessionError {
  return new SessionError(
    'ERR_DATA_INVALID',
    "The session's data in the store is corrupt. destroy() and signIn() still work.",
  );
}

/** Refuses JSON text of more than `limit` bytes in UTF-8 with `ERR_DATA_TOO_LARGE`. */
export function checkSize(json: string, limit: number, what: string): void {
  // A UTF-16 unit takes at most three bytes in UTF-8, so most texts need no count.
  if (json.length * 3 <= limit) return;
  const bytes = new TextEncoder().encode(json).length;
  if (bytes > limit) {
    throw new SessionError(
      'ERR_DATA_TOO_LARGE',
      `The session's ${what} would take ${bytes} bytes; maxDataBytes is ${limit}. Keep large things elsewhere and their keys in the session.`,
    );
  }
}

/** Freezes a value that came from JSON, down to its leaves, and says so in its type. */
export function deepFreeze<T>(value: T): DeepReadonly<T> {
  freeze(value);
  return value as DeepReadonly<T>;
}

/** Freezes a value that came from JSON, down to its leaves. */
export function freeze(value: unknown, depth: number = 0): void {
  if (!isObject(value)) return;
  // Nothing deeper was ever written, and the stack has an end.
  if (depth > DEEPEST) throw corruptData();
  Object.freeze(value);
  for (const each of Object.values(value)) freeze(each, depth + 1);
}

/** Runs a Standard Schema over data and returns its output; `ERR_DATA_INVALID` names the paths of the issues, never the values. */
export function validate<Data>(schema: StandardSchemaV1<unknown, Data>, data: unknown, when: string): Data {
  const result = schema['~standard'].validate(data);
  if (result instanceof Promise) {
    result.catch(() => {});
    throw new SessionError(
      'ERR_CONFIG',
      'The schema validates asynchronously; a session needs one that is synchronous, since it runs inside an atomic write.',
    );
  }
  if (result.issues === undefined) return result.value;
  const paths = result.issues.map(({ path = [] }) =>
    pathText(path.map((part) => (typeof part === 'object' ? part.key : part))),
  );
  throw new SessionError(
    'ERR_DATA_INVALID',
    `The session's data does not fit the schema ${when}, at ${[...new Set(paths)].join(', ')}. Give the schema defaults for what older sessions lack, or change what is written.`,
  );
}

/** Checks a value and all in it. `path` leads to it; one list serves for all, since a list for each would cost more than the check. */
function checkJson(value: unknown, what: string, path: PropertyKey[]): void {
  const fault = faultOf(value, path.length);
  if (fault !== undefined) {
    throw new SessionError(
      'ERR_DATA_INVALID',
      `The session's ${what} must survive JSON unchanged, but ${pathText(path)} is ${fault}. Store a plain value that stands for it.`,
    );
  }
  if (!isObject(value)) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) checkPart(value[i], what, path, i);
    return;
  }
  for (const key of Object.keys(value)) {
    const each = value[key];
    if (key === '__proto__') {
      throw new SessionError(
        'ERR_DATA_INVALID',
        `The session's ${what} has a property named __proto__ at ${pathText(path)}, which could pollute a prototype. Use another name.`,
      );
    }
    if (each !== undefined) checkPart(each, what, path, key);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function checkPart(part: unknown, what: string, path: PropertyKey[], key: PropertyKey): void {
  path.push(key);
  checkJson(part, what, path);
  path.pop();
}

/** Deeper than this is taken for a cycle: JSON itself cannot tell before its stack ends. */
const DEEPEST = 200;

function faultOf(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${value}`;
    case 'object':
      return value === null ? undefined : objectFault(value, depth);
    case 'undefined':
      return 'undefined';
    default:
      return `a ${typeof value}`;
  }
}

function objectFault(value: object, depth: number): string | undefined {
  if (depth > DEEPEST) return 'nested too deep, or part of a cycle';
  if (Object.getOwnPropertySymbols(value).length > 0) return 'an object with a symbol for a key';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    if (prototype !== Array.prototype) return 'an instance of a class';
    return Object.keys(value).length === value.length ? undefined : 'an array with holes or extra properties';
  }
  if (prototype === Object.prototype || prototype === null) return undefined;
  return `an instance of ${value.constructor?.name || 'a class'}`;
}

function pathText(path: readonly PropertyKey[]): string {
  let text = 'data';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : `.${String(part)}`;
  return text;
}
