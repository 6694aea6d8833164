import { DpopProofs } from '../../src/request/dpop/dpop-proofs.ts';
import { DpopClient } from '../support/dpop-client.ts';
import { request } from '../support/request.ts';
import { changed, isRespelt } from './proofs.ts';
import { seeded } from './seeded.ts';

const NOW = 1_767_225_600_000;
const TOKEN = 'A'.repeat(65);

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
