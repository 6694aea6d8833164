import { sha256Base64url } from '#digest';
import { SessionError } from '../../common/errors.ts';
import type { RequestView, ResponseHeader } from '../../http/request-view.ts';
import type { TransportProofs, VerifiedProof } from '../../http/transports/transport.ts';
import { parseSigned, type SignedProof, verifyProof } from '../../session/device/proof.ts';
import { CLOCK_TOLERANCE } from '../../session/expiry.ts';
import type { Nonces } from './nonces.ts';
import { SpentProofs } from './spent-proofs.ts';
import { type Base, isTarget } from './target.ts';

/** The checked options of `dpop()`. */
export interface ProofRules {
  /** In milliseconds. */
  readonly window: number;
  readonly base: Base | undefined;
  readonly nonces: Nonces | undefined;
}

/** What a proof says of itself. */
interface Claims {
  readonly jti: string;
  /** In seconds. */
  readonly iat: number;
}

/** Verifies the proofs of requests (RFC 9449, section 4.3). */
export class DpopProofs implements TransportProofs {
  readonly #rules: ProofRules;
  readonly #spent: SpentProofs;

  constructor(rules: ProofRules, spent: SpentProofs = new SpentProofs()) {
    this.#rules = rules;
    this.#spent = spent;
  }

  isOffered(request: RequestView): boolean {
    return request.header('dpop') !== undefined;
  }

  async verify(request: RequestView, token: string | undefined, now: () => number): Promise<VerifiedProof> {
    // Two headers of the name are joined by a comma, which no proof has.
    const header = request.header('dpop');
    if (header === undefined) return this.#refused('The header DPoP is missing.', now());
    const proof = parseSigned(header, 'dpop+jwt');
    const key = proof?.key;
    if (proof === undefined || key === undefined) return this.#refused(NO_PROOF, now());
    const claims = this.#judge(proof.claims, request, token, now());
    if (typeof claims === 'string') return this.#refused(claims, now());
    if (!(await verifyProof(proof, key))) return this.#refused('The signature is wrong.', now());
    const { nonce } = proof.claims;
    return this.#accepted(key, claims, { nonce, now });
  }

  require(proof: VerifiedProof | undefined): string {
    if (proof?.key !== undefined) return proof.key;
    throw new SessionError(
      'ERR_PROOF_REQUIRED',
      'The client has not proven that it has a key, so no session was begun: it would be open to anyone who has its token. The WWW-Authenticate header of the response says what is wrong with the proof.',
    );
  }

  /** Judges what a proof says: returns its claims, or what is wrong with them. */
  #judge(
    { jti, htm, htu, iat, ath, nonce }: SignedProof['claims'],
    request: RequestView,
    token: string | undefined,
    now: number,
  ): Claims | string {
    const { window, base, nonces } = this.#rules;
    if (typeof jti !== 'string' || jti === '') return 'jti is missing.';
    if (typeof iat !== 'number') return 'iat is missing.';
    if (htm !== request.method) return 'htm is not the method of the request.';
    if (!isTarget(htu, request, base)) return 'htu is not the URL of the request.';
    if (ath !== (token && sha256Base64url(token))) return token === undefined ? NO_TOKEN : WRONG_ATH;
    if (nonces?.accepts(nonce, now) === false) return NO_NONCE;
    const age = now - iat * 1000;
    if (age < -CLOCK_TOLERANCE)
      return `iat is ${seconds(-age)} s in the future; check the clock of the client.`;
    if (age <= window + CLOCK_TOLERANCE) return { jti, iat };
    return `iat is ${seconds(age)} s ago, and the limit is ${seconds(window)} s; sign each request anew, and check the clock of the client.`;
  }

  #accepted(
    key: string,
    { jti, iat }: Claims,
    { nonce, now }: { readonly nonce: unknown; readonly now: () => number },
  ): VerifiedProof {
    const { window, nonces } = this.#rules;
    const current = nonces?.at(now());
    let isNew: boolean | undefined;
    const replayed = () => this.#refused('The proof was used before.', now()).headers;
    return {
      key,
      get headers() {
        if (isNew === false) return replayed();
        return current === undefined || current === nonce ? NONE : [nonceHeader(current)];
      },
      // Only what opens a session is remembered, so that nobody else can fill the memory.
      opens: (bound) => {
        if (bound !== key) return false;
        const oldest = (now() - window - CLOCK_TOLERANCE) / 1000;
        isNew ??= this.#spent.spend(sha256Base64url(`${key} ${jti}`), iat, oldest);
        return isNew;
      },
    };
  }

  /** Refuses a request that has proven no key. The response says why, and brings a nonce if one is wanted. */
  #refused(fault: string, now: number): VerifiedProof {
    const { nonces } = this.#rules;
    const error = fault === NO_NONCE ? 'use_dpop_nonce' : 'invalid_dpop_proof';
    const challenge = `DPoP error="${error}", error_description="${fault}", algs="ES256 RS256"`;
    const nonce = nonces === undefined ? [] : [nonceHeader(nonces.at(now))];
    return {
      key: undefined,
      headers: [['www-authenticate', challenge, 'set'], ...nonce],
      opens: () => false,
    };
  }
}

function nonceHeader(nonce: string): ResponseHeader {
  return ['dpop-nonce', nonce, 'set'];
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000);
}

// A description has neither quotes nor backslashes (RFC 6750, section 3).
const NO_PROOF =
  'The header DPoP is not one JWT with typ dpop+jwt, alg ES256 or RS256, and the public key as jwk.';
const NO_TOKEN = 'ath belongs to a token, and the request has none; send it as Authorization: DPoP.';
const WRONG_ATH = 'ath is not the hash of the token.';
const NO_NONCE = 'The proof has no current nonce of the server.';
const NONE: readonly ResponseHeader[] = [];
