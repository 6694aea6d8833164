import type { Seeded } from '../../../packages/core/test/fuzz/seeded.ts';

/** What mutations take from. */
export interface Material {
  readonly random: Seeded;
  readonly words: readonly string[];
  /** Another input of the corpus. */
  other(): Uint8Array;
}

/** Longer inputs show nothing that shorter ones do not. */
const MAX_LENGTH = 2048;
/** Characters that separate parts in headers, URLs and JSON. */
const SPECIAL = Buffer.from('\0\t\n\r "%&\',-./0:;<=>?@[\\]_{}~AZaz\x7f\xff');

type Mutation = (data: Uint8Array, material: Material) => Uint8Array;

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  // Changes a bit, or a byte.
  (data, { random }) => replace(data, random, (byte) => byte ^ (1 << random.int(8))),
  (data, { random }) => replace(data, random, () => random.int(256)),
  (data, { random }) => replace(data, random, () => SPECIAL[random.int(SPECIAL.length)] ?? 0),
  // Inserts a character, or a word of the source.
  (data, { random }) => insert(data, random, Buffer.from([SPECIAL[random.int(SPECIAL.length)] ?? 0])),
  (data, { random, words }) =>
    insert(data, random, Buffer.from(words[random.int(Math.max(words.length, 1))] ?? '')),
  (data, { random }) => insert(data, random, Buffer.from(String(random.int(2 ** random.int(32))))),
  // Removes a part, repeats it, or replaces it by a part of another input.
  (data, { random }) => {
    const [from, to] = range(data, random);
    return Buffer.concat([data.subarray(0, from), data.subarray(to)]);
  },
  (data, { random }) => insert(data, random, data.subarray(...range(data, random))),
  (data, { random, other }) => {
    const [from, to] = range(data, random);
    const given = other();
    return Buffer.concat([
      data.subarray(0, from),
      given.subarray(...range(given, random)),
      data.subarray(to),
    ]);
  },
];

/** Changes an input in one to eight places. */
export function mutate(data: Uint8Array, material: Material): Uint8Array {
  const { random } = material;
  let mutated = data;
  for (let left = 2 ** random.int(4); left > 0; left -= 1) {
    mutated = random.pick(MUTATIONS)(mutated, material).subarray(0, MAX_LENGTH);
  }
  return mutated;
}

function replace(data: Uint8Array, random: Seeded, by: (byte: number) => number): Uint8Array {
  const copy = Uint8Array.from(data);
  if (copy.length > 0) {
    const at = random.int(copy.length);
    copy[at] = by(copy[at] ?? 0);
  }
  return copy;
}

function insert(data: Uint8Array, random: Seeded, part: Uint8Array): Uint8Array {
  const at = random.int(data.length + 1);
  return Buffer.concat([data.subarray(0, at), part, data.subarray(at)]);
}

/** Draws a part: mostly a short one. */
function range(data: Uint8Array, random: Seeded): [from: number, to: number] {
  const from = random.int(data.length + 1);
  const length = random.int(2 ** (1 + random.int(7)));
  return [from, Math.min(from + length, data.length)];
}
