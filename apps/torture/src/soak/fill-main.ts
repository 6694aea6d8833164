import { writeFileSync } from 'node:fs';
import { createSessions, type RequestView } from '@coatcheck/core';
import { cookieOf, USER_AGENT } from '../client/send.ts';
import { openStore } from '../server/open-store.ts';
import type { ShopData } from '../server/shop-data.ts';
import type { Filling } from './fill.ts';
import { firstMarksOf, markOf } from './visitors.ts';

// Run as a process: begins many sessions through the public API, without HTTP, and writes their tokens into a file.

const CONCURRENT = 64;

const [, , argument = ''] = process.argv;
const { store: address, sessions: count, path, ...lifetimes }: Filling = JSON.parse(argument);
process.on('disconnect', () => process.exit(1));

const { store } = await openStore(address);
const sessions = createSessions<ShopData>({
  store,
  initial: () => ({ marks: [] }),
  warnOnConsole: false,
  ...lifetimes,
});

/** A request of a browser on this machine. */
const HEADERS: Readonly<Record<string, string>> = {
  host: '127.0.0.1',
  'sec-fetch-site': 'same-origin',
  'user-agent': USER_AGENT,
};
const REQUEST: RequestView = {
  method: 'POST',
  host: '127.0.0.1',
  ip: '127.0.0.1',
  header: (name) => HEADERS[name],
  query: () => undefined,
  form: () => undefined,
};

const tokens: string[] = [];
let begun = 0;
await Promise.all(
  Array.from({ length: CONCURRENT }, async () => {
    while (begun < count) {
      const visitor = begun;
      begun += 1;
      tokens[visitor] = await begin(visitor);
    }
  }),
);
writeFileSync(path, tokens.join('\n'), { mode: 0o600 });
process.exit();

/** Begins the session of a visitor, and returns its token. Half of the visitors are signed in, two as each user. */
async function begin(visitor: number): Promise<string> {
  const visit = sessions.open(REQUEST);
  await visit.load();
  if (visitor % 4 < 2) await visit.session.signIn(`user${visitor >> 1}`);
  await visit.session.update((data) => {
    data.marks = Array.from({ length: firstMarksOf(visitor) }, (_, at) => markOf(visitor, at));
  });
  const lines = visit.seal().flatMap(([name, value]) => (name.toLowerCase() === 'set-cookie' ? [value] : []));
  const { sets } = cookieOf(lines);
  if (sets === undefined) throw new Error(`Visitor ${visitor} was sent no token.`);
  return sets;
}
