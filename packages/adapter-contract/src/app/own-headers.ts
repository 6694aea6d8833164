/** Holds the headers that an app of the contract sends of its own: the same ones in each form that a framework may take. */
export interface OwnHeaders {
  /** Values by name, the two cookies as a list. */
  readonly object: Record<string, string | string[]>;
  /** Name and value, two and two. */
  readonly pairs: [name: string, value: string][];
  /** Names and values in turn, as `writeHead` takes an array. */
  readonly flat: string[];
}

/** Makes the headers of one app. All its responses share them, as they do in apps that keep headers in a constant. */
export function makeOwnHeaders(): OwnHeaders {
  const pairs: [string, string][] = [
    ['content-type', 'text/plain'],
    ['set-cookie', 'flavour=oat; Path=/'],
    ['set-cookie', 'size=small; Path=/'],
    ['vary', 'accept-language'],
    ['cache-control', 'public, max-age=60'],
  ];
  const cookies = pairs.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
  return { object: { ...Object.fromEntries(pairs), 'set-cookie': cookies }, pairs, flat: pairs.flat() };
}
