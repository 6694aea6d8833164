/** A parsed form or JSON body, as the framework's parser gives it. Whatever a client sends may be in it, so it is only read by `textOf`. */
export type Fields = unknown;

/** Reads one field as text: a string as it is, a number as it is written, and everything else as the empty text. */
export function textOf(fields: Fields, name: string): string {
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, name)) return '';
  const value: unknown = Reflect.get(fields, name);
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}
