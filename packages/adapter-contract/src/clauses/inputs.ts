import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Site } from '../lab.ts';
import type { Visitor } from '../visitor.ts';
import { seenIn } from './seen.ts';

const NAME = '__Host-session';
/** A well-formed token that nobody has: an ID of 22 characters and a secret of 43. */
const CHOSEN = 'A'.repeat(65);

/** Request targets that are not URLs, or whose parameters cannot be decoded. */
const ODD_TARGETS: readonly string[] = [
  '//',
  '///?session=a',
  '/%',
  '/%zz?session=%zz',
  '/?session=%E0%A4%A',
];
/** A target that some servers reject themselves with a 500, before the app receives it. */
const REJECTED_TARGET = 'http://[/';

/** Lists the clauses about made-up tokens and targets. */
export const inputs: readonly Clause[] = [
  {
    title: 'adopts no token that the client made up',
    async check(lab) {
      const site = await lab.serve();
      const reply = await site.stranger().post('/text/session.add', ['cookie', `${NAME}=${CHOSEN}`]);
      equal(reply.result, 1);
      const [issued = ''] = reply.tokenCookies;
      match(issued, /^__Host-session=[\w-]{65};/);
      ok(!issued.includes(CHOSEN.slice(0, 22)), 'The session must not use an ID that the client made up');
    },
  },
  {
    title: 'treats malformed, forged and oversized cookies as a visitor without a session',
    async check(lab) {
      const site = await lab.serve();
      const token = await tokenOf(await site.visitor());
      const forged = token.slice(0, 22) + CHOSEN.slice(22);
      for (const value of [
        '',
        '%',
        '"',
        '=;=',
        'undefined',
        '\u00e9',
        token.slice(1),
        forged,
        'x'.repeat(10_000),
      ]) {
        const reply = await site.stranger().get('/text/session.show', ['cookie', `${NAME}=${value}`]);
        equal(seenIn(reply).id, undefined);
        deepEqual(reply.tokenCookies, []);
      }
      const twoLines = await site.stranger().get('/text/session.show', ['cookie', 'a=1'], ['cookie', 'b=2']);
      equal(seenIn(twoLines).id, undefined);
    },
  },
  {
    title: 'finds the token among invalid cookies of the same name',
    async check(lab) {
      const site = await lab.serve();
      const token = await tokenOf(await site.visitor());
      for (const cookies of [`${NAME}=junk; ${NAME}=${token}`, `a=1; ${NAME}=${token}; ${NAME}=junk; b=2`]) {
        await opens(site, ['cookie', cookies]);
      }
    },
  },
  {
    title: 'treats an unparsable target as one without a token, and keeps serving',
    async check(lab) {
      const site = await lab.serve('tokens');
      for (const target of ODD_TARGETS) {
        const { status } = await site.stranger().send('/', { target });
        ok(status < 500, `GET ${target} gets the status ${status}`);
      }
      await site.stranger().send('/', { target: REJECTED_TARGET });
      equal((await site.stranger().post('/text/session.add')).result, 1);
    },
  },
];

async function tokenOf(visitor: Visitor): Promise<string> {
  return (await visitor.cookies()).get(NAME) ?? '';
}

async function opens(site: Site, ...headers: readonly (readonly [string, string])[]): Promise<void> {
  notEqual(seenIn(await site.stranger().get('/text/session.show', ...headers)).id, undefined);
}
