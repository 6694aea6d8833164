import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Session } from '../../src/session/session-types.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import { HOST, type RequestParts, request } from './request.ts';
import type { ShopData } from './set-up.ts';

/** What a proof says, where it is to differ from an honest one. */
export interface ProofParts {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string | undefined;
  /** When it is made, in milliseconds. */
  readonly now: number;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A response as the client gets it. */
export interface DpopResponse<R> {
  readonly result: R;
  readonly headers: ReadonlyMap<string, string>;
}

/** A client that has a key, signs a proof for each request with jose, and keeps the token that it is given. */
export class DpopClient {
  readonly alg: 'ES256' | 'RS256';
  readonly privateKey: Keys['privateKey'];
  readonly jwk: object;
  token: string | undefined;
  nonce: string | undefined;

  private constructor(alg: 'ES256' | 'RS256', { privateKey }: Keys, jwk: object) {
    this.alg = alg;
    this.privateKey = privateKey;
    this.jwk = jwk;
  }

  static async make(alg: 'ES256' | 'RS256' = 'ES256'): Promise<DpopClient> {
    const keys = await generateKeyPair(alg, { extractable: true });
    return new DpopClient(alg, keys, await exportJWK(keys.publicKey));
  }

  /** Signs a proof. */
  async prove({ method = 'GET', path = '/', token, now, header, claims }: ProofParts): Promise<string> {
    const ath = token && createHash('sha256').update(token).digest('base64url');
    const honest = {
      jti: crypto.randomUUID(),
      htm: method,
      htu: `https://${HOST}${path}`,
      iat: Math.floor(now / 1000),
      ath,
      nonce: this.nonce,
    };
    return new SignJWT({ ...honest, ...claims })
      .setProtectedHeader({ alg: this.alg, typ: 'dpop+jwt', jwk: this.jwk, ...header })
      .sign(this.privateKey);
  }

  /** Makes a request as an honest client does; `headers` replace its own. */
  async use<R>(
    sessions: Sessions<ShopData>,
    now: number,
    handler: (session: Session<ShopData>) => R | Promise<R>,
    parts: RequestParts = {},
  ): Promise<DpopResponse<R>> {
    const { method = 'GET', path = '/' } = parts;
    const dpop = await this.prove({ method, path, token: this.token, now });
    const authorization = this.token === undefined ? {} : { authorization: `DPoP ${this.token}` };
    const view = request({ ...parts, path, headers: { dpop, ...authorization, ...parts.headers } });
    const response = await use(sessions, view, async (session) => {
      const result = await handler(session);
      this.token = session.revealToken() ?? this.token;
      return result;
    });
    this.nonce = response.headers.get('dpop-nonce') ?? this.nonce;
    return response;
  }
}

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

/** Makes any request, and returns what the handler does and the headers of the response. */
export async function use<R>(
  sessions: Sessions<ShopData>,
  view: Parameters<Sessions<ShopData>['open']>[0],
  handler: (session: Session<ShopData>) => R | Promise<R>,
): Promise<DpopResponse<R>> {
  const visit = sessions.open(view);
  await visit.session.load();
  const result = await handler(visit.session);
  return { result, headers: new Map(visit.seal().map(([name, value]) => [name, value])) };
}
