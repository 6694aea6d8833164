/** A form or JSON body as parsed by the framework. It may contain anything a client sends, so read it only with `textOf`. */
export type Fields = unknown;

/** Reads one field as a string: a string unchanged, a number in decimal, and anything else as an empty string. */
export function textOf(fields: Fields, name: string): string {
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, name)) return '';
  const value: unknown = Reflect.get(fields, name);
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}
