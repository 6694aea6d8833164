import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { serve } from './serve.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Serves a provider of OpenID Connect that signs in the user `ada` without asking. Returns its issuer. */
export async function serveProvider(): Promise<string> {
  const nonces = new Map<string, string | null>();
  const provider = await serve((req, res) => {
    const url = new URL(req.url ?? '', provider.url);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(res, metadataOf(provider.url));
      case '/jwks':
        return json(res, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256' }] });
      case '/authorize': {
        const code = randomUUID();
        nonces.set(code, url.searchParams.get('nonce'));
        return redirect(res, url.searchParams, code);
      }
      default:
        return void respondWithToken(req, res, provider.url, nonces);
    }
  });
  return provider.url;
}

function metadataOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  };
}

function redirect(res: ServerResponse, params: URLSearchParams, code: string): void {
  const target = new URL(params.get('redirect_uri') ?? '');
  target.searchParams.set('code', code);
  const state = params.get('state');
  if (state !== null) target.searchParams.set('state', state);
  res.writeHead(302, { location: target.href }).end();
}

async function respondWithToken(
  req: IncomingMessage,
  res: ServerResponse,
  issuer: string,
  nonces: Map<string, string | null>,
): Promise<void> {
  let body = '';
  for await (const chunk of req) body += String(chunk);
  const code = new URLSearchParams(body).get('code') ?? '';
  const nonce = nonces.get(code);
  if (!nonces.delete(code)) {
    res.writeHead(400);
    return json(res, { error: 'invalid_grant' });
  }
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: 'app', sub: 'ada', iat: now, exp: now + 300, ...(nonce && { nonce }) };
  return json(res, { access_token: 'a', token_type: 'bearer', expires_in: 300, id_token: signJwt(claims) });
}

function signJwt(claims: object): string {
  const signed = [{ alg: 'RS256', kid: '1' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

function json(res: ServerResponse, body: object): void {
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify(body));
}
