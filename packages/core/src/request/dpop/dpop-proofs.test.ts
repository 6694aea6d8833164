import { createHash } from 'node:crypto';
import { CompactSign, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { fuzzClaims, fuzzDpop } from '../../../test/fuzz/dpop.ts';
import { DpopClient, type ProofParts } from '../../../test/support/dpop-client.ts';
import { type RequestParts, request } from '../../../test/support/request.ts';
import { DpopProofs, type ProofRules } from './dpop-proofs.ts';
import { Nonces } from './nonces.ts';

const NOW = 1_767_225_600_000;
const TOKEN = 'A'.repeat(65);
const ATH = createHash('sha256').update(TOKEN).digest('base64url');
const RULES: ProofRules = { window: 60_000, base: undefined, nonces: undefined };

let client: DpopClient;
let rsa: DpopClient;
beforeAll(async () => {
  client = await DpopClient.make();
  rsa = await DpopClient.make('RS256');
});

const prove = (parts: Partial<ProofParts> = {}) =>
  client.prove({ path: '/cart', token: TOKEN, now: NOW, ...parts });

/** Verifies a proof that came with a request for `/cart`, and returns what the response says. */
async function verify(
  dpop: string | undefined,
  {
    rules = RULES,
    token = TOKEN,
    now = NOW,
    ...parts
  }: RequestParts & { rules?: ProofRules; token?: string; now?: number } = {},
): Promise<string | undefined> {
  const headers = dpop === undefined ? {} : { dpop };
  const view = request({ path: '/cart', headers, ...parts });
  const proof = await new DpopProofs(rules).verify(view, token === '' ? undefined : token, () => now);
  const said = proof.headers.map(([name, value]) => `${name}: ${value}`).join('\n');
  expect(proof.key === undefined).toBe(said.includes('www-authenticate'));
  return proof.key ?? said;
}

const ACCEPTED = /^(?:ES|RS)256\./;

describe('a proof that jose made', () => {
  it('is accepted with ES256 and RS256, and brings its key as a record keeps it', async () => {
    const { x, y } = { x: '', y: '', ...client.jwk };
    expect(await verify(await prove())).toBe(`ES256.${x}.${y}`);
    expect(await verify(await rsa.prove({ path: '/cart', token: TOKEN, now: NOW }))).toMatch(
      /^RS256\.[\w-]{342}\.AQAB$/,
    );
  });

  it('is accepted for a request without a token, if it has no ath', async () => {
    expect(await verify(await prove({ token: undefined }), { token: '' })).toMatch(ACCEPTED);
    expect(await verify(await prove(), { token: '' })).toContain(
      'ath belongs to a token, and the request has none; send it as Authorization: DPoP.',
    );
  });

  it('is accepted from 10 seconds ahead to a minute and 10 seconds after it was made', async () => {
    for (const now of [NOW - 10_000, NOW + 70_000])
      expect(await verify(await prove(), { now })).toMatch(ACCEPTED);
    expect(await verify(await prove(), { now: NOW - 10_001 })).toContain('iat is 10 s in the future');
    expect(await verify(await prove(), { now: NOW + 70_001 })).toContain('iat is 70 s ago');
  });

  it('is refused if the clock of the client is off by two minutes, and the response says by how much', async () => {
    expect(await verify(await prove(), { now: NOW - 120_000 })).toContain(
      '"iat is 120 s in the future; check the clock of the client."',
    );
    expect(await verify(await prove(), { now: NOW + 120_000 })).toContain(
      '"iat is 120 s ago, and the limit is 60 s; sign each request anew, and check the clock of the client."',
    );
  });
});

describe('a proof is refused', () => {
  const CLAIMS: Readonly<Record<string, readonly [claims: Record<string, unknown>, says: string]>> = {
    'without jti': [{ jti: undefined }, 'jti'],
    'with an empty jti': [{ jti: '' }, 'jti'],
    'with a jti that is no string': [{ jti: ['a'] }, 'jti'],
    'for another method': [{ htm: 'POST' }, 'htm'],
    'for the method in another case': [{ htm: 'get' }, 'htm'],
    'for another path': [{ htu: 'https://shop.example/' }, 'htu'],
    'for another host': [{ htu: 'https://evil.example/cart' }, 'htu'],
    'for another port': [{ htu: 'https://shop.example:8443/cart' }, 'htu'],
    'for http': [{ htu: 'http://shop.example/cart' }, 'htu'],
    'for a path alone': [{ htu: '/cart' }, 'htu'],
    'with an htu that is no string': [{ htu: { href: 'https://shop.example/cart' } }, 'htu'],
    'without iat': [{ iat: undefined }, 'iat'],
    'with an iat that is no number': [{ iat: `${NOW / 1000}` }, 'iat'],
    'with an iat beyond all numbers': [{ iat: 1e300 }, 'iat'],
    'without ath': [{ ath: undefined }, 'ath'],
    'for another token': [{ ath: ATH.replace(/^./, '_') }, 'ath'],
  };
  it.for(Object.entries(CLAIMS))('%s', async ([, [claims, says]]) => {
    expect(await verify(await prove({ claims }))).toMatch(
      new RegExp(`error="invalid_dpop_proof", error_description="${says}`),
    );
  });

  const MADE: Readonly<Record<string, () => Promise<string | undefined>>> = {
    'that is absent': async () => undefined,
    'that is empty': async () => '',
    'that is no JWS': async () => 'a.b',
    'in quotes': async () => `"${await prove()}"`,
    'beside another one': async () => `${await prove()}, ${await prove()}`,
    'of another type': () => prove({ header: { typ: 'JWT' } }),
    'that binds a browser session': () => prove({ header: { typ: 'dbsc+jwt' } }),
    'without a key': () => prove({ header: { jwk: undefined } }),
    'with the key of another client': () => prove({ header: { jwk: { kty: 'RSA', ...rsa.jwk } } }),
    'signed by another key than the one in its header': async () => {
      const other = await DpopClient.make();
      return prove({ header: { jwk: other.jwk } });
    },
    'with a private key': async () => {
      const { privateKey } = await generateKeyPair('ES256', { extractable: true });
      return new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(privateKey) })
        .sign(privateKey);
    },
    'with HS256, whose secret is the public key': () =>
      new CompactSign(Buffer.from('{}'))
        .setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk: client.jwk })
        .sign(Buffer.from(JSON.stringify(client.jwk))),
    'with alg none': async () => {
      const [, claims] = (await prove()).split('.');
      const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'dpop+jwt', jwk: client.jwk })).toString(
        'base64url',
      );
      return `${header}.${claims}.AA`;
    },
    'with critical extensions': () => prove({ header: { crit: ['b64'], b64: true } }),
    'whose claims were changed': async () => {
      const [header, , signature] = (await prove()).split('.');
      const [, claims] = (await prove()).split('.');
      return `${header}.${claims}.${signature}`;
    },
    'that is longer than any key makes it': () => prove({ claims: { pad: 'x'.repeat(4096) } }),
  };
  it.for(Object.entries(MADE))('%s', async ([, make]) => {
    expect(await verify(await make())).toMatch(
      /^www-authenticate: DPoP error="invalid_dpop_proof", error_description="[^"\\]+", algs="ES256 RS256"$/,
    );
  });

  it('with different words if the header is missing and if it is no such proof', async () => {
    expect(await verify(undefined)).toContain('"The header DPoP is missing."');
    expect(await verify(await prove({ header: { typ: 'JWT' } }))).toContain(
      '"The header DPoP is not one JWT with typ dpop+jwt, alg ES256 or RS256, and the public key as jwk."',
    );
  });
});

describe('nonces', () => {
  const key = 'k'.repeat(32);
  const rules = { ...RULES, nonces: new Nonces(key, 60_000) };
  const nonceAt = (now: number) => new Nonces(key, 60_000).at(now);

  it('are demanded, with one to use', async () => {
    for (const nonce of [undefined, 'made-up', nonceAt(NOW - 120_000), nonceAt(NOW + 60_000), 7]) {
      expect(await verify(await prove({ claims: { nonce } }), { rules })).toBe(
        `www-authenticate: DPoP error="use_dpop_nonce", error_description="The proof has no current nonce of the server.", algs="ES256 RS256"\ndpop-nonce: ${nonceAt(NOW)}`,
      );
    }
  });

  it('are accepted from any process with the key, the current one and the one before, which is replaced', async () => {
    const accepted = async (nonce: string) => {
      const view = request({ path: '/cart', headers: { dpop: await prove({ claims: { nonce } }) } });
      const { key: proven, headers } = await new DpopProofs(rules).verify(view, TOKEN, () => NOW);
      expect(proven).toMatch(ACCEPTED);
      return headers;
    };
    expect(await accepted(nonceAt(NOW))).toEqual([]);
    expect(await accepted(nonceAt(NOW - 60_000))).toEqual([['dpop-nonce', nonceAt(NOW), 'set']]);
  });

  it('of another key are refused', async () => {
    const nonce = new Nonces('x'.repeat(32), 60_000).at(NOW);
    expect(await verify(await prove({ claims: { nonce } }), { rules })).toContain('use_dpop_nonce');
  });
});

describe('a proof that was used', () => {
  it('opens a session for one request only, and the next response says so', async () => {
    const proofs = new DpopProofs(RULES);
    const dpop = await prove();
    const view = request({ path: '/cart', headers: { dpop } });
    const verified = () => proofs.verify(view, TOKEN, () => NOW);
    const [first, second] = await Promise.all([verified(), verified()]);
    const key = first.key ?? '';
    expect([first.opens(key), first.opens(key), second.opens(key), second.opens(key)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(first.headers).toEqual([]);
    expect(second.headers[0]?.[1]).toContain('The proof was used before.');
  });

  it('is still refused when its signature is another one of the same claims, and when only its jti is the same', async () => {
    const proofs = new DpopProofs(RULES);
    const opens = async (path: string) => {
      const dpop = await prove({ path, claims: { jti: 'same' } });
      const proof = await proofs.verify(request({ path, headers: { dpop } }), TOKEN, () => NOW);
      return proof.key !== undefined && proof.opens(proof.key);
    };
    expect(await opens('/cart')).toBe(true);
    expect(await opens('/cart')).toBe(false);
    expect(await opens('/pay')).toBe(false);
  });

  it('opens no session that is bound to another key, and is not used by asking', async () => {
    const proofs = new DpopProofs(RULES);
    const proof = await proofs.verify(
      request({ path: '/cart', headers: { dpop: await prove() } }),
      TOKEN,
      () => NOW,
    );
    expect(proof.opens('ES256.x.y')).toBe(false);
    expect(proof.opens(proof.key ?? '')).toBe(true);
  });

  it('is refused once it is too old, however long the store took', async () => {
    const proofs = new DpopProofs(RULES);
    let now = NOW;
    const proof = await proofs.verify(
      request({ path: '/cart', headers: { dpop: await prove() } }),
      TOKEN,
      () => now,
    );
    now += 72_000;
    expect(proof.opens(proof.key ?? '')).toBe(false);
  });
});

it('20,000 proofs that are none: no exception, and none is accepted', async () => {
  expect(await fuzzDpop(1, 20_000)).toEqual({ tried: 20_000, accepted: 0 });
});

it('3,000 signed proofs with claims drawn at random are accepted if, and only if, all of them are right', async () => {
  const { right, wronglyJudged } = await fuzzClaims(1, 3_000);
  expect(wronglyJudged).toBe(0);
  expect(right).toBeGreaterThan(300);
});
