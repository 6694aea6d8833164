/** A value that survives JSON unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Maps a type to itself if it is JSON, otherwise to a string that says what to store instead. An interface works as well as a type alias. */
export type Jsonable<T> = unknown extends T
  ? T
  : T extends Json | undefined
    ? T
    : T extends bigint | symbol | ((...args: never) => unknown)
      ? 'not JSON: store a string or a number instead'
      : T extends readonly unknown[]
        ? readonly Jsonable<T[number]>[]
        : HasMethod<T> extends true
          ? 'not JSON (a Date, a Map, a Set or another class): store plain values instead, such as date.toISOString()'
          : { [K in keyof T]: Jsonable<T[K]> };

/** Tells a class from plain data. */
type HasMethod<T> = true extends {
  [K in keyof T]-?: unknown extends T[K]
    ? false
    : [T[K]] extends [never]
      ? false
      : [T[K]] extends [(...args: never) => unknown]
        ? true
        : false;
}[keyof T]
  ? true
  : false;

/** Makes every level of a type read-only. */
export type DeepReadonly<T> = T extends (...args: never) => unknown
  ? T
  : T extends readonly unknown[]
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T extends object
      ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
      : T;

/** Parses JSON that should be an array; undefined for anything else. */
export function parseArray(json: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
