import uid from 'uid-safe';
import { pooledRandomBytes } from '../../../packages/core/src/common/random.ts';
import { drawSecret, drawToken, hashSecret } from '../../../packages/core/src/session/token.ts';
import { statOf } from '../stats.ts';
import { rotated } from './interleave.ts';
import type { Plan } from './plan.ts';
import type { Draws } from './results.ts';

/** What express-session draws for an ID. */
const UID_BYTES = 24;
/** WebCrypto goes over a thread, so that fewer calls take as long. */
const SLOWER = 50;

/** Measures drawing a token (its ID and its secret) and hashing a secret, beside what others use for the same. */
export async function measureDraws(plan: Plan): Promise<Draws> {
  const randomBytes = pooledRandomBytes();
  const secrets = Array.from({ length: 256 }, () => drawSecret(randomBytes));
  const encoder = new TextEncoder();
  const draws = {
    token: (count: number) =>
      repeat(count, () => {
        const { id, secret } = drawToken(randomBytes);
        return id + secret;
      }),
    expressSessionId: (count: number) => repeat(count, () => uid.sync(UID_BYTES)),
    hash: (count: number) => repeat(count, (at) => hashSecret(secrets[at % 256] ?? '')),
    webCryptoHash: async (count: number) => {
      const calls = Math.ceil(count / SLOWER);
      const start = process.hrtime.bigint();
      for (let at = 0; at < calls; at += 1) {
        await crypto.subtle.digest('SHA-256', encoder.encode(secrets[at % 256]));
      }
      return Number(process.hrtime.bigint() - start) / calls;
    },
  };
  const times: Record<keyof typeof draws, number[]> = {
    token: [],
    expressSessionId: [],
    hash: [],
    webCryptoHash: [],
  };
  const names = ['token', 'expressSessionId', 'hash', 'webCryptoHash'] as const;
  for (const name of names) await draws[name](plan.draws);
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const name of rotated(names, round)) times[name].push(await draws[name](plan.draws));
  }
  return {
    token: statOf(times.token),
    expressSessionId: statOf(times.expressSessionId),
    hash: statOf(times.hash),
    webCryptoHash: statOf(times.webCryptoHash),
  };
}

/** Gives the nanoseconds of one call. What it returns is used, so that nothing is left out as needless. */
function repeat(count: number, call: (at: number) => string): number {
  let length = 0;
  const start = process.hrtime.bigint();
  for (let at = 0; at < count; at += 1) length += call(at).length;
  const time = Number(process.hrtime.bigint() - start) / count;
  if (length === 0) throw new Error('Nothing was drawn');
  return time;
}
