const PAIRS: readonly (readonly [name: string, value: string])[] = [
  ['content-type', 'text/plain'],
  ['set-cookie', 'flavour=oat; Path=/'],
  ['set-cookie', 'size=small; Path=/'],
  ['vary', 'accept-language'],
  ['cache-control', 'public, max-age=60'],
];

/** Holds the headers that the contract's app sends of its own, in each form that a framework may take. */
export const ownHeaders: OwnHeaders = {
  pairs: PAIRS.map(([name, value]) => [name, value]),
  flat: PAIRS.flat(),
  object: {
    'content-type': 'text/plain',
    'set-cookie': ['flavour=oat; Path=/', 'size=small; Path=/'],
    vary: 'accept-language',
    'cache-control': 'public, max-age=60',
  },
};

/** Describes the same five headers three times. */
export interface OwnHeaders {
  /** Name and value, two and two. */
  readonly pairs: [name: string, value: string][];
  /** Names and values in turn, as `writeHead` takes an array. */
  readonly flat: string[];
  /** Values by name, the two cookies as a list. */
  readonly object: Record<string, string | string[]>;
}
