import { generateKeyPairSync, sign } from 'node:crypto';

/** A key of a visitor's device, which signs challenges as browsers do. */
export class DeviceKey {
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** Signs a challenge. The public key is in the header of a registration only. */
  prove(challenge: string, isRegistration = false): string {
    const { privateKey, publicKey } = this.#pair;
    const jwk = publicKey.export({ format: 'jwk' });
    const header = { alg: 'ES256', typ: 'dbsc+jwt', ...(isRegistration && { jwk }) };
    const signed = `${encode(header)}.${encode({ jti: challenge })}`;
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
