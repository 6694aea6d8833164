import { CompactSign, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { fuzzProofs } from '../../../test/fuzz/proofs.ts';
import { CHROMIUM_PROOFS } from './chromium-proofs.ts';
import { parseProof, unquoted, verifyProof } from './proof.ts';

const CHALLENGE = 'challenge-0123456789ab';
const TYP = 'dbsc+jwt';

interface Keys {
  readonly privateKey: PrivateKey;
  readonly jwk: object;
  readonly privateJwk: object;
  /** As a record keeps it. */
  readonly key: string;
}

type Algorithm = 'ES256' | 'RS256';
type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
const keys = new Map<string, Keys>();
const keysOf = (name: string): Keys => {
  const found = keys.get(name);
  if (found === undefined) throw new Error(`There are no keys ${name}.`);
  return found;
};

async function makeKeys(alg: Algorithm): Promise<Keys> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const { x, y, n, e, ...rest } = await exportJWK(publicKey);
  const key = alg === 'ES256' ? `ES256.${x}.${y}` : `RS256.${n}.${e}`;
  const numbers = alg === 'ES256' ? { x, y } : { n, e };
  return { privateKey, jwk: { ...rest, ...numbers }, privateJwk: await exportJWK(privateKey), key };
}

beforeAll(async () => {
  keys.set('ES256', await makeKeys('ES256'));
  keys.set('RS256', await makeKeys('RS256'));
  keys.set('another', await makeKeys('ES256'));
});

function sign(
  { privateKey }: Keys,
  header: Readonly<Record<string, unknown>> = {},
  claims: Readonly<Record<string, unknown>> = { jti: CHALLENGE },
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: TYP, ...header }).sign(privateKey);
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

async function isAccepted(proof: string, key: string): Promise<boolean> {
  const parsed = parseProof(proof);
  return parsed !== undefined && (await verifyProof(parsed, key));
}

describe('a proof that jose made', () => {
  it.for<Algorithm>(['ES256', 'RS256'])('with %s is accepted by its key', async (alg) => {
    const own = keysOf(alg);
    const proof = await sign(own, { alg });
    expect(parseProof(proof)).toMatchObject({ algorithm: alg, challenge: CHALLENGE, key: undefined });
    expect(await isAccepted(proof, own.key)).toBe(true);
  });

  it.for<Algorithm>(['ES256', 'RS256'])('with %s brings its key at the registration', async (alg) => {
    const own = keysOf(alg);
    const proof = parseProof(await sign(own, { alg, jwk: own.jwk }));
    expect(proof?.key).toBe(own.key);
    expect(proof && (await verifyProof(proof, own.key))).toBe(true);
  });

  it('is accepted in quotes too, and with claims that nobody asked for', async () => {
    const own = keysOf('ES256');
    const claims = {
      jti: CHALLENGE,
      aud: 'https://shop.example/session/device',
      iat: 1,
      authorization: 'code',
    };
    const proof = await sign(own, {}, claims);
    expect(await isAccepted(` "${proof}" `, own.key)).toBe(true);
    expect(unquoted('"sid"')).toBe('sid');
    expect(unquoted('"')).toBe('"');
  });
});

describe.for(['registration', 'refresh'] as const)('the proof of a %s that Chromium made', (kind) => {
  const { key } = CHROMIUM_PROOFS;
  const { proof, challenge } = CHROMIUM_PROOFS[kind];
  const partsOf = () => proof.split('.').map((part) => Buffer.from(part, 'base64url'));
  const join = (parts: readonly Buffer[]) => parts.map((part) => part.toString('base64url')).join('.');

  it('is accepted by its key', async () => {
    const brought = kind === 'registration' ? key : undefined;
    expect(parseProof(proof)).toMatchObject({ algorithm: 'ES256', challenge, key: brought });
    expect(await isAccepted(proof, key)).toBe(true);
    expect(join(partsOf())).toBe(proof);
  });

  it('is refused with any one of its bytes changed, also by a key that it brings', async () => {
    const accepted: string[] = [];
    for (const [index, { length }] of partsOf().entries())
      for (let at = 0; at < length; at += 1) {
        const parts = partsOf();
        parts[index]?.writeUInt8(parts[index].readUInt8(at) ^ 1, at);
        const changed = join(parts);
        const keys = new Set([key, parseProof(changed)?.key ?? key]);
        for (const each of keys) if (await isAccepted(changed, each)) accepted.push(`${index}:${at}`);
      }
    expect(accepted).toEqual([]);
  });

  it('is refused with another challenge', async () => {
    const [header, claims = '', signature] = proof.split('.');
    const changed = Buffer.from(claims, 'base64url').toString().replace(challenge, CHALLENGE);
    const other = `${header}.${encode(changed)}.${signature}`;
    expect(parseProof(other)?.challenge).toBe(CHALLENGE);
    expect(await isAccepted(other, key)).toBe(false);
  });

  it('is refused by another key', async () => {
    expect(await isAccepted(proof, keysOf('another').key)).toBe(false);
  });
});

describe('a proof is refused', () => {
  const cases: Readonly<Record<string, () => string | Promise<string>>> = {
    'of another key': () => sign(keysOf('another')),
    'with alg none': () => `${encode({ alg: 'none', typ: TYP })}.${encode({ jti: CHALLENGE })}.`,
    'with alg none and a signature': () =>
      `${encode({ alg: 'none', typ: TYP })}.${encode({ jti: CHALLENGE })}.${'A'.repeat(86)}`,
    'with HS256, whose secret is the public key': () =>
      new CompactSign(Buffer.from(JSON.stringify({ jti: CHALLENGE })))
        .setProtectedHeader({ alg: 'HS256', typ: TYP })
        .sign(Buffer.from(keysOf('ES256').key)),
    'with ES384': async () => {
      const { privateKey } = await generateKeyPair('ES384');
      return new SignJWT({ jti: CHALLENGE }).setProtectedHeader({ alg: 'ES384', typ: TYP }).sign(privateKey);
    },
    'with the algorithm of another key': () => sign(keysOf('RS256'), { alg: 'RS256' }),
    'of another type': () => sign(keysOf('ES256'), { typ: 'JWT' }),
    'without a type': () => sign(keysOf('ES256'), { typ: undefined }),
    'without a challenge': () => sign(keysOf('ES256'), {}, { sub: CHALLENGE }),
    'with a challenge that is no string': () =>
      new CompactSign(Buffer.from(JSON.stringify({ jti: [CHALLENGE] })))
        .setProtectedHeader({ alg: 'ES256', typ: TYP })
        .sign(keysOf('ES256').privateKey),
    'with critical extensions': () => sign(keysOf('ES256'), { crit: ['b64'], b64: true }),
    'with a private key in its header': () => sign(keysOf('ES256'), { jwk: keysOf('ES256').privateJwk }),
    'with a symmetric key in its header': () => sign(keysOf('ES256'), { jwk: { kty: 'oct', k: 'AAAA' } }),
    'with a key of another curve': () =>
      sign(keysOf('ES256'), { jwk: { ...keysOf('ES256').jwk, crv: 'P-384' } }),
    'with a key that is no object': () => sign(keysOf('ES256'), { jwk: 'key' }),
    'with claims that were changed afterwards': async () => {
      const [header, , signature] = (await sign(keysOf('ES256'))).split('.');
      return `${header}.${encode({ jti: 'another-challenge-0123' })}.${signature}`;
    },
    'with a header that was changed afterwards': async () => {
      const [, claims, signature] = (await sign(keysOf('ES256'))).split('.');
      return `${encode({ typ: TYP, alg: 'ES256' })}.${claims}.${signature}`;
    },
    'with a signature that was cut': async () => (await sign(keysOf('ES256'))).slice(0, -4),
    'with a signature of zeros': async () =>
      `${(await sign(keysOf('ES256'))).split('.').slice(0, 2).join('.')}.${'A'.repeat(86)}`,
    'of four parts': async () => `${await sign(keysOf('ES256'))}.${encode({})}`,
    'of two parts': async () => (await sign(keysOf('ES256'))).split('.').slice(0, 2).join('.'),
    'that is encrypted': () => 'eyJhbGciOiJkaXIifQ..AAAA.AAAA.AAAA',
    'whose header is no JSON': () => `${encode('{')}.${encode({ jti: CHALLENGE })}.${'A'.repeat(86)}`,
    'whose header is a list': () => `${encode([])}.${encode({ jti: CHALLENGE })}.${'A'.repeat(86)}`,
    'that is not base64url': () => '!!.??.==',
    'that is empty': () => '',
    'that is longer than any key makes it': () => sign(keysOf('ES256'), { pad: 'x'.repeat(4096) }),
  };

  it.for(Object.entries(cases))('%s', async ([, make]) => {
    expect(await isAccepted(await make(), keysOf('ES256').key)).toBe(false);
  });

  it('by a key that is no point of the curve', async () => {
    const proof = parseProof(await sign(keysOf('ES256')));
    const key = `ES256.${'A'.repeat(43)}.${'A'.repeat(43)}`;
    expect(proof && (await verifyProof(proof, key))).toBe(false);
  });

  it('with an RSA key that is too short, or has another exponent', async () => {
    const own = keysOf('RS256');
    for (const change of [{ n: 'A'.repeat(171) }, { e: 'Aw' }])
      expect(parseProof(await sign(own, { alg: 'RS256', jwk: { ...own.jwk, ...change } }))).toBeUndefined();
  });
});

it('3,000 proofs that are none: no exception, and none is accepted', async () => {
  expect(await fuzzProofs(1, 3_000)).toEqual({ tried: 3_000, accepted: 0 });
});
