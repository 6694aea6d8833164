import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** A key of a device, which signs as browsers do. */
export interface DeviceKey {
  /** Signs a challenge. The public key is in the header of a registration only. */
  sign(challenge: string, isRegistration?: boolean): Promise<string>;
}

/** Makes a key. The proofs are made by jose, so that the verifier is tested by another implementation. */
export async function deviceKey(alg: 'ES256' | 'RS256' = 'ES256'): Promise<DeviceKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    sign: (challenge, isRegistration = false) =>
      new SignJWT({ jti: challenge })
        .setProtectedHeader({ alg, typ: 'dbsc+jwt', ...(isRegistration && { jwk }) })
        .sign(privateKey),
  };
}
