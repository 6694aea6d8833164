import { parseProof, verifyProof } from '../../src/session/device/proof.ts';
import { type DeviceKey, deviceKey } from '../support/device-key.ts';
import { type Seeded, seeded } from './seeded.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.="{}[]:, \u0000é😀';
const CHALLENGE = 'challenge-0123456789ab';

/** Tries so many proofs at random: valid ones with changes, and strings. A proof counts as accepted if the key of the session verifies it. */
export async function fuzzProofs(
  seed: number,
  count: number,
): Promise<{ readonly tried: number; readonly accepted: number }> {
  const random = seeded(seed);
  const own = await deviceKey();
  const others = [await deviceKey(), await deviceKey('RS256')];
  const key = parseProof(await own.sign(CHALLENGE, true))?.key ?? '';
  const pool = [
    await own.sign(CHALLENGE),
    await own.sign(CHALLENGE, true),
    ...(await Promise.all(
      others.flatMap((each: DeviceKey) => [each.sign(CHALLENGE), each.sign(CHALLENGE, true)]),
    )),
  ];
  const genuine = new Set(pool.slice(0, 2));
  let accepted = 0;
  for (let i = 0; i < count; i += 1) {
    let text = pool[random.int(pool.length)] ?? '';
    while (genuine.has(text.trim())) text = changed(random, text, pool);
    const proof = parseProof(text);
    // What a changed proof signs must differ, or it is the same proof in another spelling.
    const isSame = proof !== undefined && [...genuine].some((each) => isRespelt(each, proof.signed, text));
    if (proof !== undefined && !isSame && (await verifyProof(proof, key))) accepted += 1;
  }
  return { tried: count, accepted };
}

/** Tells whether only the signature's spelling differs, as in the unused bits of its last character. */
export function isRespelt(genuine: string, signed: string, text: string): boolean {
  if (!genuine.startsWith(`${signed}.`)) return false;
  const bytesOf = (jws: string) => Buffer.from(jws.split('.')[2] ?? '', 'base64url').toString('hex');
  return bytesOf(genuine) === bytesOf(text);
}

/** Changes a proof at random: a character, a part, its header, or all of it. */
export function changed(random: Seeded, text: string, pool: readonly string[]): string {
  const at = random.int(text.length + 1);
  const character = [...ALPHABET][random.int([...ALPHABET].length)] ?? '';
  switch (random.int(7)) {
    case 0:
      return text.slice(0, at) + character + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + character + text.slice(at);
    case 3:
      return text.slice(0, at);
    case 4: {
      // The parts of several proofs, mixed.
      const parts = [0, 1, 2].map((i) => (pool[random.int(pool.length)] ?? '').split('.')[i]);
      return parts.join('.');
    }
    case 5: {
      const [header = '', ...rest] = text.split('.');
      const json = Buffer.from(header, 'base64url').toString();
      const cut = random.int(json.length + 1);
      const other = json.slice(0, cut) + character + json.slice(cut + random.int(3));
      return [Buffer.from(other).toString('base64url'), ...rest].join('.');
    }
    default:
      return Array.from({ length: random.int(300) }, () => [...ALPHABET][random.int(60)] ?? '').join('');
  }
}
