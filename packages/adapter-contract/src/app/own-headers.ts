/** The app's own headers: the same headers in each form that a framework may accept. */
export interface OwnHeaders {
  /** Values by name; the two cookies are an array. */
  readonly object: Record<string, string | string[]>;
  /** Pairs of name and value. */
  readonly pairs: [name: string, value: string][];
  /** Alternating names and values, the array form of `writeHead`. */
  readonly flat: string[];
}

/** Creates the headers of one app. All its responses share them, as in apps that define headers in a constant. */
export function makeOwnHeaders(): OwnHeaders {
  const pairs: [string, string][] = [
    ['content-type', 'text/plain'],
    ['set-cookie', 'flavour=oat; Path=/'],
    ['set-cookie', 'size=small; Path=/'],
    ['vary', 'accept-language'],
    ['cache-control', 'public, max-age=60'],
    ['referrer-policy', 'no-referrer'],
  ];
  const cookies = pairs.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
  return { object: { ...Object.fromEntries(pairs), 'set-cookie': cookies }, pairs, flat: pairs.flat() };
}
