import type { webcrypto } from 'node:crypto';
import type { ShopResponse } from './http-client.ts';

/** Posts to a path of the shop, with headers and without a body. */
export type DevicePost = (path: string, headers: Readonly<Record<string, string>>) => Promise<ShopResponse>;

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Does the browser's part of device binding, with a key that WebCrypto made. A browser keeps its key in the hardware of the device where it can. */
export class SoftwareDevice {
  readonly #post: DevicePost;
  readonly #keys: webcrypto.CryptoKeyPair;
  #path = '';
  #id = '';
  #challenge = '';

  private constructor(post: DevicePost, keys: webcrypto.CryptoKeyPair) {
    this.#post = post;
    this.#keys = keys;
  }

  /** Makes a key. `post` sends what the browser would send by itself, with its cookies. */
  static async create(post: DevicePost): Promise<SoftwareDevice> {
    return new SoftwareDevice(post, await crypto.subtle.generateKey(KEY, false, ['sign', 'verify']));
  }

  /** Registers the key for the binding that the response to a sign-in offers. */
  async register({ headers }: ShopResponse): Promise<ShopResponse> {
    const offer = String(headers['secure-session-registration']);
    this.#path = /path="([^"]+)"/.exec(offer)?.[1] ?? '';
    this.#challenge = /challenge="([^"]+)"/.exec(offer)?.[1] ?? '';
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', this.#keys.publicKey);
    return this.#send({ jwk: { kty, crv, x, y } }, {});
  }

  /** Proves that it has the key, which earns the next bound cookie. */
  prove(): Promise<ShopResponse> {
    return this.#send({}, { 'sec-secure-session-id': this.#id });
  }

  async #send(
    header: Readonly<Record<string, unknown>>,
    fields: Readonly<Record<string, string>>,
  ): Promise<ShopResponse> {
    const proof = await this.#sign({ alg: 'ES256', typ: 'dbsc+jwt', ...header }, { jti: this.#challenge });
    const response = await this.#post(this.#path, { ...fields, 'secure-session-response': proof });
    const next = String(response.headers['secure-session-challenge']);
    const [, challenge, id] = /^"([^"]+)";id="([^"]+)"$/.exec(next) ?? [];
    this.#challenge = challenge ?? this.#challenge;
    this.#id = id ?? this.#id;
    return response;
  }

  async #sign(header: object, claims: object): Promise<string> {
    const signed = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = await crypto.subtle.sign(SIGNATURE, this.#keys.privateKey, Buffer.from(signed));
    return `${signed}.${Buffer.from(signature).toString('base64url')}`;
  }
}
