import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Stored properties that a schema ignores; undefined if there are none. */
export type IgnoredProperties = Readonly<Record<string, unknown>> | undefined;

/**
 * Finds the properties of stored data that the schema ignores: a newer version of the app may have written them. A property that the schema reads,
 * and turns into another one, is not ignored; nor is one that it returns as undefined. Looks at the top level only.
 */
export function ignoredProperties(
  schema: StandardSchemaV1<unknown, object>,
  stored: unknown,
  output: object,
): IgnoredProperties {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const dropped = Object.entries(stored).filter(([key]) => !Object.hasOwn(output, key));
  const ignored = dropped.filter(([key]) => isIgnored(schema, stored, output, key));
  return ignored.length === 0 ? undefined : Object.fromEntries(ignored);
}

/** Tells whether the schema returns the same without a property. */
function isIgnored(
  schema: StandardSchemaV1<unknown, object>,
  stored: object,
  output: object,
  dropped: string,
): boolean {
  const others = Object.fromEntries(Object.entries(stored).filter(([key]) => key !== dropped));
  const result = schema['~standard'].validate(others);
  if (result instanceof Promise || result.issues !== undefined) return false;
  return JSON.stringify(result.value) === JSON.stringify(output);
}
