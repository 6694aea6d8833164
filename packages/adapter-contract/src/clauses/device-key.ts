import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

/** A key of a visitor's device, which signs challenges as browsers do, and requests as clients do that send a token in a header. */
export class DeviceKey {
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** Signs a challenge. The public key is in the header of a registration only. */
  prove(challenge: string, isRegistration = false): string {
    return this.#sign({ typ: 'dbsc+jwt', ...(isRegistration && { jwk: this.#jwk }) }, { jti: challenge });
  }

  /** Signs a request, with the token that it presents, if any (RFC 9449). */
  proveRequest(method: string, url: string, token?: string): string {
    const ath = token && createHash('sha256').update(token).digest('base64url');
    const claims = { jti: randomUUID(), htm: method, htu: url, iat: Math.floor(Date.now() / 1000), ath };
    return this.#sign({ typ: 'dpop+jwt', jwk: this.#jwk }, claims);
  }

  get #jwk(): object {
    return this.#pair.publicKey.export({ format: 'jwk' });
  }

  #sign(header: object, claims: object): string {
    const signed = `${encode({ alg: 'ES256', ...header })}.${encode(claims)}`;
    const key = { key: this.#pair.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
