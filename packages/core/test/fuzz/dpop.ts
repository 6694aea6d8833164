import { sha256Base64url } from '#digest';
import { DpopProofs } from '../../src/request/dpop/dpop-proofs.ts';
import { DpopClient } from '../support/dpop-client.ts';
import { HOST, request } from '../support/request.ts';
import { changed, isRespelt } from './proofs.ts';
import { seeded } from './seeded.ts';

const NOW = 1_767_225_600_000;
const TOKEN = 'A'.repeat(65);

/** What the claims and the header of a proof may say, the right value first. */
const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  jti: ['a', 'b', '', 7, null, ['a'], undefined],
  htm: ['GET', 'get', 'POST', '', null, undefined],
  htu: [
    `https://${HOST}/cart`,
    `https://${HOST}/cart/`,
    `https://${HOST}/car%74x`,
    `http://${HOST}/cart`,
    `https://${HOST}.evil.example/cart`,
    `https://evil.example/cart#https://${HOST}/cart`,
    '//cart',
    {},
    undefined,
  ],
  iat: [NOW / 1000, NOW / 1000 - 71, NOW / 1000 + 11, `${NOW / 1000}`, -1, 1e308, null, undefined],
  ath: [sha256Base64url(TOKEN), sha256Base64url(`${TOKEN} `), TOKEN, '', null, undefined],
  typ: ['dpop+jwt', 'DPoP+jwt', 'dbsc+jwt', 'JWT', undefined],
};

/** Signs so many proofs whose claims are drawn at random, and counts those that are judged wrongly. `right` counts those that say everything as they should. */
export async function fuzzClaims(
  seed: number,
  count: number,
): Promise<{ readonly tried: number; readonly right: number; readonly wronglyJudged: number }> {
  const random = seeded(seed);
  const client = await DpopClient.make();
  const proofs = new DpopProofs({ window: 60_000, base: undefined, nonces: undefined });
  let right = 0;
  let wronglyJudged = 0;
  for (let i = 0; i < count; i += 1) {
    let isRight = true;
    const drawn: Record<string, unknown> = {};
    for (const [name, choices] of Object.entries(CHOICES)) {
      const at = random.int(4) === 0 ? random.int(choices.length) : 0;
      drawn[name] = choices[at];
      // Any other string names a proof as well.
      isRight &&= at === 0 || (name === 'jti' && at === 1);
    }
    const { typ, ...claims } = drawn;
    const dpop = await client.prove({ now: NOW, header: { typ }, claims });
    const view = request({ path: '/cart', headers: { dpop } });
    const { key } = await proofs.verify(view, TOKEN, () => NOW);
    if (isRight) right += 1;
    if ((key !== undefined) !== isRight) wronglyJudged += 1;
  }
  return { tried: count, right, wronglyJudged };
}

/** Tries so many `DPoP` headers at random: valid ones with changes, and strings. One counts as accepted if it opens the session of the key. */
export async function fuzzDpop(
  seed: number,
  count: number,
): Promise<{ readonly tried: number; readonly accepted: number }> {
  const random = seeded(seed);
  const own = await DpopClient.make();
  const others = [own, await DpopClient.make(), await DpopClient.make('RS256')];
  const proofs = new DpopProofs({ window: 60_000, base: undefined, nonces: undefined });
  const verify = (dpop: string) => proofs.verify(request({ path: '/', headers: { dpop } }), TOKEN, () => NOW);
  const prove = (client: DpopClient, claims = {}) => client.prove({ token: TOKEN, now: NOW, claims });
  const genuine = await prove(own);
  const key = (await verify(genuine)).key ?? '';
  const pool = [genuine, ...(await Promise.all(others.map((each) => prove(each, { htm: 'PUT' }))))];
  for (const other of others.slice(1)) pool.push(await prove(other));
  let accepted = 0;
  for (let i = 0; i < count; i += 1) {
    let text = genuine;
    while (text === genuine) text = changed(random, pool[random.int(pool.length)] ?? '', pool);
    const proof = await verify(text);
    // What a changed proof signs must differ, or it is the same proof in another spelling.
    const isSame = isRespelt(genuine, text.slice(0, text.lastIndexOf('.')), text);
    if (!isSame && proof.opens(key)) accepted += 1;
  }
  return { tried: count, accepted };
}
