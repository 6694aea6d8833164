// Records what the tests of the verifier read from Chromium: pnpm --filter @coatcheck/bound-browser record-proofs

import { writeFileSync } from 'node:fs';
import { memoryStore } from '@coatcheck/core';
import { makeCertificate } from './certificate.ts';
import { BoundChromium } from './chromium.ts';
import { type Site, serveSite } from './site.ts';

const FIXTURE = new URL('../../../packages/core/src/session/device/chromium-proofs.ts', import.meta.url);
const CHALLENGE = /challenge="([^"]+)"|^"([^"]+)";id=/;

interface Recorded {
  readonly challenge: string;
  readonly proof: string;
}

const certificate = makeCertificate();
const site = await serveSite('express', memoryStore(), certificate);
const proofs = recordProofs(site);
const browser = new BoundChromium(certificate.spki);
try {
  await browser.start();
  await browser.visit(`${site.url}/sign-in`);
  await browser.told('created');
  await browser.expireCookie();
  await browser.visit(`${site.url}/me`);
  await browser.told('refreshed');
  const cdp = await browser.page.context().newCDPSession(browser.page);
  const { product } = await cdp.send('Browser.getVersion');
  const [registration, refresh] = proofs;
  if (registration === undefined || refresh === undefined) throw new Error('Chromium sent no two proofs.');
  writeFileSync(FIXTURE, fixture(product, registration, refresh));
} finally {
  await browser.remove();
  await site.close();
}

/** Collects each proof as it arrives, with the challenge that was sent before it. */
function recordProofs({ server }: Pick<Site, 'server'>): readonly Recorded[] {
  const recorded: Recorded[] = [];
  let challenge = '';
  server.on('request', (request, response) => {
    const proof = request.headers['secure-session-response'];
    if (typeof proof === 'string') recorded.push({ challenge, proof });
    response.once('finish', () => {
      for (const name of ['secure-session-registration', 'secure-session-challenge']) {
        const [, offered, next] = CHALLENGE.exec(String(response.getHeader(name) ?? '')) ?? [];
        challenge = offered ?? next ?? challenge;
      }
    });
  });
  return recorded;
}

function fixture(browser: string, registration: Recorded, refresh: Recorded): string {
  return `/** A proof as it arrived, and the challenge that was sent for it. */
interface RecordedProof {
  readonly challenge: string;
  readonly proof: string;
}

/** The proofs of one session that a browser bound to a software key, and that is gone. */
interface RecordedProofs {
  readonly browser: string;
  /** The public key, as a record keeps it. */
  readonly key: string;
  readonly registration: RecordedProof;
  readonly refresh: RecordedProof;
}

/** Written by \`pnpm --filter @coatcheck/bound-browser record-proofs\`. */
export const CHROMIUM_PROOFS: RecordedProofs = {
  browser: '${browser}',
  key: '${keyOf(registration)}',
  registration: ${literal(registration)},
  refresh: ${literal(refresh)},
};
`;
}

function literal({ challenge, proof }: Recorded): string {
  return `{
    challenge: '${challenge}',
    proof:
      '${proof}',
  }`;
}

/** Reads the key that the proof of a registration brings. */
function keyOf({ proof }: Recorded): string {
  const [header = ''] = proof.split('.');
  const { alg, jwk }: { readonly alg: string; readonly jwk: Readonly<Record<string, string>> } = JSON.parse(
    Buffer.from(header, 'base64url').toString(),
  );
  return alg === 'ES256' ? `ES256.${jwk['x']}.${jwk['y']}` : `RS256.${jwk['n']}.${jwk['e']}`;
}
