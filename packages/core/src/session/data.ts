import type { StandardSchemaV1 } from '@standard-schema/spec';
import { SessionError } from '../common/errors.ts';
import type { DeepReadonly } from '../common/json.ts';

/**
 * Writes data as JSON. Throws `ERR_DATA_INVALID` with the path of a value that does not survive JSON. A property that is undefined is
 * left out, and a negative zero becomes zero.
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

/** Throws `ERR_DATA_TOO_LARGE` for JSON of more than `limit` bytes in UTF-8. */
export function checkSize(json: string, limit: number, what: string): void {
  // A UTF-16 unit takes at most three bytes in UTF-8, so most strings need no count.
  if (json.length * 3 <= limit) return;
  const bytes = new TextEncoder().encode(json).length;
  if (bytes > limit) {
    throw new SessionError(
      'ERR_DATA_TOO_LARGE',
      `The session's ${what} would take ${bytes} bytes; maxDataBytes is ${limit}. Keep large things elsewhere and their keys in the session.`,
    );
  }
}

/** Freezes a value that was parsed from JSON, at every level, and returns it with a read-only type. */
export function deepFreeze<T>(value: T): DeepReadonly<T> {
  freeze(value);
  return value as DeepReadonly<T>;
}

/** Freezes a value that was parsed from JSON, at every level. */
export function freeze(value: unknown, depth: number = 0): void {
  if (!isObject(value)) return;
  // Nothing deeper was ever written, and the stack has an end.
  if (depth > MAX_DEPTH) throw corruptData();
  Object.freeze(value);
  for (const each of Object.values(value)) freeze(each, depth + 1);
}

/** Copies data at every level, as JSON would: without properties that are undefined. Throws `ERR_DATA_INVALID` for what is not JSON. */
export function copyData<Data>(data: Data): Data {
  checkJson(data, 'data', []);
  return copyChecked(data) as Data;
}

function copyChecked(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return Array.from(value, copyChecked);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined) copy[key] = copyChecked(value[key]);
  }
  return copy;
}

/** Validates data with a Standard Schema and returns the schema's output. `ERR_DATA_INVALID` names the paths of the issues, never the values. */
export function validate<Data>(schema: StandardSchemaV1<unknown, Data>, data: unknown, when: string): Data {
  const result = schema['~standard'].validate(data);
  if (result instanceof Promise) {
    result.catch(() => {});
    throw new SessionError(
      'ERR_CONFIG',
      'The schema validates asynchronously, but it runs inside an atomic write and cannot wait. Use a synchronous schema.',
    );
  }
  if (result.issues === undefined) return result.value;
  const paths = result.issues.map(({ path = [] }) =>
    formatPath(path.map((part) => (typeof part === 'object' ? part.key : part))),
  );
  throw new SessionError(
    'ERR_DATA_INVALID',
    `The session's data does not fit the schema ${when}, at ${[...new Set(paths)].join(', ')}. Give the schema a default for what older sessions lack, or change the value that is written.`,
  );
}

/** Checks a value and everything in it. `path` is shared by all calls, because a copy for each would cost more than the check. */
function checkJson(value: unknown, what: string, path: PropertyKey[]): void {
  const fault = faultOf(value, path.length);
  if (fault !== undefined) {
    throw new SessionError(
      'ERR_DATA_INVALID',
      `The session's ${what} must survive JSON unchanged, but ${formatPath(path)} is ${fault}. Store a plain value in its place.`,
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
        `The session's ${what} has a property named __proto__ at ${formatPath(path)}, which could pollute a prototype. Use another name.`,
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

/** Anything deeper is treated as a cycle. */
const MAX_DEPTH = 200;

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
  if (depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels, or part of a cycle`;
  if (Object.getOwnPropertySymbols(value).length > 0) return 'an object with a symbol as a key';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    // Array.prototype is an array in every realm; the prototype of a subclass is not.
    if (!Array.isArray(prototype)) return 'an instance of a class';
    return Object.keys(value).length === value.length ? undefined : 'an array with holes or extra properties';
  }
  if (isPlainPrototype(prototype)) return undefined;
  return `an instance of ${value.constructor?.name || 'a class'}`;
}

/** Recognises `Object.prototype` of every realm: data may come from `vm`, from Jest, or from `structuredClone` under it. */
function isPlainPrototype(prototype: unknown): boolean {
  return (
    prototype === null ||
    prototype === Object.prototype ||
    (isObject(prototype) &&
      Object.getPrototypeOf(prototype) === null &&
      Object.hasOwn(prototype, 'isPrototypeOf'))
  );
}

const MAX_PATH_LENGTH = 100;

function formatPath(path: readonly PropertyKey[]): string {
  let formatted = 'data';
  for (const part of path) formatted += typeof part === 'number' ? `[${part}]` : `.${String(part)}`;
  return formatted.length > MAX_PATH_LENGTH ? `${formatted.slice(0, MAX_PATH_LENGTH)}…` : formatted;
}
