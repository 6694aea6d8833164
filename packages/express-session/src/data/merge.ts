import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** Tells whether two JSON values are the same, whatever the order of their properties. */
export function isEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((each, i) => isEqual(each, b[i]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
  );
}

/** The version that a request loaded, what it made of it, and the version that is stored now. */
interface Versions {
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
  readonly now: JsonValue | undefined;
}

/**
 * Applies to the stored data exactly what a request changed between its load and its save. It alters `now`.
 *
 * Properties set and deleted are set and deleted, nested objects are merged, appended elements are appended. Where two requests changed the same value, the
 * later save wins. `counters` are the paths of numbers, such as `stats.views`, whose differences are added up.
 */
export function mergeInto(
  now: JsonObject,
  before: JsonObject,
  after: JsonObject,
  counters: ReadonlySet<string> = NONE,
): void {
  mergeObjects(now, before, after, counters, '');
}

/**
 * Applies what a request changed to the data of a session into which a twin of the request, such as the other half of a double click, has carried the same over.
 * What both hold stays as it is, a list takes the longer version, and where they differ the later save wins. It alters `now`.
 */
export function adoptInto(now: JsonObject, before: JsonObject, after: JsonObject): void {
  mergeObjects(now, sharedObject(before, after, now), after, NONE, '');
}

/** Returns the version from which both twins may have set out. */
function sharedObject(before: JsonObject, after: JsonObject, now: JsonObject): JsonObject {
  const common: JsonObject = {};
  for (const [key, value] of Object.entries(after)) {
    const stored = own(now, key);
    if (stored !== undefined) common[key] = shared(own(before, key), value, stored);
  }
  return common;
}

function shared(before: JsonValue | undefined, after: JsonValue, now: JsonValue): JsonValue {
  if (isEqual(before, after)) return after;
  if (Array.isArray(after) && Array.isArray(now)) return startsWith(now, after) ? after : now;
  if (!isJsonObject(after) || !isJsonObject(now)) return now;
  return sharedObject(isJsonObject(before) ? before : {}, after, now);
}

function mergeObjects(
  now: JsonObject,
  before: JsonObject,
  after: JsonObject,
  counters: ReadonlySet<string>,
  path: string,
): void {
  const change = (key: string): void => {
    const versions = { before: own(before, key), after: own(after, key), now: own(now, key) };
    if (isEqual(versions.before, versions.after)) return;
    const merged = merge(versions, counters, path + key);
    if (merged === undefined) delete now[key];
    else now[key] = merged;
  };
  for (const key of Object.keys(after)) change(key);
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) change(key);
}

/** Merges a value that the request changed. */
function merge(
  { before, after, now }: Versions,
  counters: ReadonlySet<string>,
  path: string,
): JsonValue | undefined {
  if (isEqual(before, now)) return after;
  if (Array.isArray(now)) return mergeLists(listOf(before), after, now);
  if (isJsonObject(now) && isJsonObject(after) && (before === undefined || isJsonObject(before))) {
    mergeObjects(now, before ?? {}, after, counters, `${path}.`);
    return now;
  }
  if (counters.has(path) && typeof now === 'number' && typeof after === 'number') {
    return now + after - (typeof before === 'number' ? before : 0);
  }
  return after;
}

/** Merges lists. What one side appended is appended to what the other side made of the list. */
function mergeLists(
  before: readonly JsonValue[] | undefined,
  after: JsonValue | undefined,
  now: readonly JsonValue[],
): JsonValue | undefined {
  if (before === undefined) return after;
  if (Array.isArray(after) && startsWith(after, before)) return [...now, ...after.slice(before.length)];
  if (after !== undefined && !Array.isArray(after)) return after;
  if (!startsWith(now, before)) return after;
  const appended = now.slice(before.length);
  // A list that the request deleted, such as messages that it has shown, keeps what it has not seen.
  return after === undefined ? appended : [...after, ...appended];
}

/** Reads the list as it was loaded; a list that was not there yet was empty. */
function listOf(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : undefined;
}

function startsWith(list: readonly JsonValue[], start: readonly JsonValue[]): boolean {
  return list.length >= start.length && start.every((each, i) => isEqual(each, list[i]));
}

/** Reads an own property, so that a key such as `constructor` is not found on the prototype. */
function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

const NONE: ReadonlySet<string> = new Set();
