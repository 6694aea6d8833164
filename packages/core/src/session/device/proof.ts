/** The longest proof that is looked at: one with an RSA key of 4096 bits has less than 2500 characters. */
const MAX_LENGTH = 4096;
const JWS = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
/** A coordinate on P-256, and the modulus of an RSA key of 2048 to 4096 bits, as base64url. */
const COORDINATE = /^[\w-]{43}$/;
const MODULUS = /^[\w-]{342,683}$/;
/** 65537, the only exponent that platforms use. */
const EXPONENT = 'AQAB';

/** A JWS that a client signs to prove that it has a key: parsed, and not verified yet. */
export interface SignedProof {
  readonly algorithm: Algorithm;
  /** The public key that it brings, as a record keeps it; undefined if it brings none. */
  readonly key: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What is signed: the encoded header and claims. */
  readonly signed: string;
  readonly signature: string;
}

/** A proof of a browser that binds a session to its device. */
export interface Proof extends SignedProof {
  /** The challenge that it signs. */
  readonly challenge: string;
}

type Algorithm = 'ES256' | 'RS256';

/** Parses a `Secure-Session-Response`: a JWS in compact form, bare or as a quoted string. Undefined for anything that cannot be a proof. */
export function parseProof(value: string | undefined): Proof | undefined {
  const proof = value === undefined ? undefined : parseSigned(unquoted(value), 'dbsc+jwt');
  if (proof === undefined) return undefined;
  const { jti } = proof.claims;
  return typeof jti === 'string' ? { ...proof, challenge: jti } : undefined;
}

/** Parses a JWS in compact form. Undefined if it is of another type or algorithm, has critical extensions or a key that is none, or is too long. */
export function parseSigned(value: string, type: 'dbsc+jwt' | 'dpop+jwt'): SignedProof | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const [, header, claims, signature] = JWS.exec(value) ?? [];
  if (header === undefined || claims === undefined || signature === undefined) return undefined;
  const { alg, typ, crit, b64, jwk } = parseObject(header);
  if ((alg !== 'ES256' && alg !== 'RS256') || typ !== type) return undefined;
  if (crit !== undefined || b64 !== undefined) return undefined;
  const key = jwk === undefined ? undefined : publicKey(alg, jwk);
  if (jwk !== undefined && key === undefined) return undefined;
  return { algorithm: alg, key, claims: parseObject(claims), signed: `${header}.${claims}`, signature };
}

/** Removes the quotes of a structured field's string. What a browser sends in them contains neither quotes nor backslashes. */
export function unquoted(value: string): string {
  const trimmed = value.trim();
  return trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"')
    ? trimmed.slice(1, -1)
    : trimmed;
}

/** Verifies a proof by a key as `publicKey` writes it. A key that is no point of its curve verifies nothing. */
export async function verifyProof(proof: SignedProof, key: string): Promise<boolean> {
  const [algorithm, first = '', second = ''] = key.split('.');
  if (algorithm !== proof.algorithm) return false;
  const isElliptic = algorithm === 'ES256';
  const jwk = isElliptic
    ? { kty: 'EC', crv: 'P-256', x: first, y: second }
    : { kty: 'RSA', n: first, e: second };
  const { imported, verified } = isElliptic ? ELLIPTIC : RSA;
  try {
    const { subtle } = crypto;
    const publicKey = await subtle.importKey('jwk', jwk, imported, false, ['verify']);
    const signed = new TextEncoder().encode(proof.signed);
    return await subtle.verify(verified, publicKey, bytesOf(proof.signature), signed);
  } catch {
    return false;
  }
}

const ELLIPTIC = {
  imported: { name: 'ECDSA', namedCurve: 'P-256' },
  verified: { name: 'ECDSA', hash: 'SHA-256' },
} as const;
const RSA = {
  imported: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  verified: { name: 'RSASSA-PKCS1-v1_5' },
} as const;

/** Writes a public key as a record keeps it: the algorithm and the two numbers of its JWK. Undefined for another kind of key, and for a private one. */
function publicKey(algorithm: Algorithm, jwk: unknown): string | undefined {
  if (typeof jwk !== 'object' || jwk === null || 'd' in jwk) return undefined;
  const { kty, crv, x, y, n, e }: Partial<Record<'kty' | 'crv' | 'x' | 'y' | 'n' | 'e', unknown>> = jwk;
  if (algorithm === 'ES256') {
    const fits = kty === 'EC' && crv === 'P-256' && matches(x, COORDINATE) && matches(y, COORDINATE);
    return fits ? `ES256.${x}.${y}` : undefined;
  }
  return kty === 'RSA' && matches(n, MODULUS) && e === EXPONENT ? `RS256.${n}.${e}` : undefined;
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

/** Parses an object that is encoded as base64url; an empty one if it is none. */
function parseObject(encoded: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(encoded)));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Decodes base64url. Throws for a length that no bytes have. */
function bytesOf(encoded: string): Uint8Array<ArrayBuffer> {
  const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
