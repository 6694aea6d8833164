import { SessionError } from '@coatcheck/core';

/** A value as JSON holds it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
/** An object as JSON holds it. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** The data as the core has it: JSON, but not by its type, which would be infinitely deep. */
export type StoredData = Record<string, unknown>;

/** Deeper than this counts as a cycle. */
const MAX_DEPTH = 200;

/**
 * Copies a value as JSON would give it back: a Date becomes a string, an undefined property is left out.
 *
 * @throws SessionError `ERR_DATA_INVALID` with the path of a part that JSON would lose: a function, a symbol, a bigint, a Map, a Set, NaN, a cycle
 */
export function toJson(value: unknown, path: string, depth: number = 0): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    // JSON has no negative zero.
    if (Number.isFinite(value)) return value + 0;
    throw lost(path, String(value));
  }
  if (typeof value !== 'object')
    throw lost(path, typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`);
  if (depth > MAX_DEPTH) throw lost(path, 'nested too deep, or part of a cycle');
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return toJson(value.toJSON(), path, depth + 1);
  }
  if (Array.isArray(value)) return Array.from(value, (each, i) => toJson(each, `${path}[${i}]`, depth + 1));
  if (value instanceof Map || value instanceof Set) throw lost(path, `a ${value.constructor.name}`);
  return toJsonObject(value, path, depth);
}

/** Copies the own properties of an object as JSON would give them back, but for the properties that are left out. */
export function toJsonObject(
  value: object,
  path: string,
  depth: number = 0,
  leaveOut?: (key: string) => boolean,
): JsonObject {
  const copy: JsonObject = {};
  for (const [key, each] of Object.entries(value)) {
    if (each === undefined || leaveOut?.(key) === true) continue;
    if (key === '__proto__') throw lost(`${path}.__proto__`, 'a property that could pollute a prototype');
    copy[key] = toJson(each, `${path}.${key}`, depth + 1);
  }
  return copy;
}

/** Tells whether a JSON value is an object and no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Copies JSON. Faster than structuredClone. */
export function cloneJson(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(cloneJson);
  return isJsonObject(value) ? cloneJsonObject(value) : value;
}

/** Copies an object of JSON. */
export function cloneJsonObject(object: JsonObject): JsonObject {
  const copy: JsonObject = {};
  for (const [key, value] of Object.entries(object)) if (key !== '__proto__') copy[key] = cloneJson(value);
  return copy;
}

/** Tells whether a value is a copy of JSON by plain objects and lists. False may also mean that only `toJson` tells. */
export function isCopy(value: unknown, json: JsonValue | undefined): boolean {
  if (value === json) return true;
  if (typeof value !== 'object' || value === null || typeof json !== 'object' || json === null) return false;
  if (Array.isArray(value)) {
    if (!Array.isArray(json) || value.length !== json.length) return false;
    // `every` would skip holes.
    for (let i = 0; i < json.length; i += 1) if (!isCopy(value[i], json[i])) return false;
    return true;
  }
  if (Array.isArray(json) || Object.getPrototypeOf(value) !== Object.prototype || 'toJSON' in value)
    return false;
  const keys = Object.keys(value);
  return (
    keys.length === Object.keys(json).length &&
    keys.every((key) => Object.hasOwn(json, key) && isCopy(Reflect.get(value, key), json[key]))
  );
}

/** Tells whether data holds nothing, or nothing but the empty objects that passport and connect-flash leave behind. */
export function isBlank(data: JsonObject): boolean {
  return Object.entries(data).every(([key, value]) => LEFT_BEHIND.has(key) && isEmpty(value));
}

const LEFT_BEHIND: ReadonlySet<string> = new Set(['passport', 'flash']);

function isEmpty(value: JsonValue): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function lost(path: string, what: string): SessionError {
  return new SessionError(
    'ERR_DATA_INVALID',
    `${path} must be a value that JSON can hold; received ${what}. Store a plain value that stands for it.`,
  );
}
