import type { DeviceBinding } from '../../src/config/device-binder.ts';
import { Binder } from '../../src/request/device-binding/binder.ts';
import type { Proof } from '../../src/session/device/proof.ts';
import type { DeviceKey } from './device-key.ts';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A key whose signature is its public key over the challenge, for tests in which no real time may pass. Only its holder writes it. */
export function toyKey(name: string): DeviceKey {
  const x = Buffer.from(name.padEnd(32, '.')).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x, y: x };
  return {
    sign: async (challenge, isRegistration = false) => {
      const header = encode({ alg: 'ES256', typ: 'dbsc+jwt', ...(isRegistration && { jwk }) });
      return `${header}.${encode({ jti: challenge })}.${encode({ x, challenge })}`;
    },
  };
}

/** Binds sessions to toy keys, with the default options. */
export function toyBinding(): DeviceBinding {
  const options = { path: '/session/device', lifetime: 600_000, bindsAll: true, require: false };
  return { attach: (config) => new Binder(options, config, verifyToy) };
}

async function verifyToy({ challenge, signature }: Proof, key: string): Promise<boolean> {
  return signature === encode({ x: key.split('.')[1], challenge });
}
