import { pathToFileURL } from 'node:url';
import { cookieAfter } from './src/drive/shop-request.ts';
import { statOf } from './src/stats.ts';

// Compares this build of the core with that of another checkout, in one process and in turns, so that neither the machine nor the order decides:
// `pnpm --filter bench compare <root of the other checkout>`. Both must be built. Prints for each case what this build takes as a part of the other.
const SLICE = 4000;
const ROUNDS = 60;
const WARM_UPS = 10;
const HOST = 'shop.example';

type Core = typeof import('@coatcheck/core');
type Slice = () => Promise<unknown>;

interface Counted {
  visits: number;
}

const [other] = process.argv.slice(2);
if (other === undefined)
  throw new Error('Pass the root of another checkout, in which the packages are built.');
// Outside production a call also notes the line of the app that made it.
process.env['NODE_ENV'] = 'production';
const builds = { this: await load('..'), other: await load(pathToFileURL(`${other}/`).href) };
const slices = { this: await prepare(builds.this), other: await prepare(builds.other) };
for (const kind of ['anonymous', 'read', 'write', 'signIn'] as const) {
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS + WARM_UPS; round += 1) {
    // Each goes first in turn.
    const order = round % 2 === 0 ? (['this', 'other'] as const) : (['other', 'this'] as const);
    const spent = { this: 0, other: 0 };
    for (const each of order)
      spent[each] = await timed(slices[each][kind], kind === 'signIn' ? SLICE / 20 : SLICE);
    if (round >= WARM_UPS) ratios.push(spent.this / spent.other);
  }
  const { median, low, high } = statOf(ratios);
  console.log(
    `${kind.padEnd(9)} ${median.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}) of the other build`,
  );
}

function load(root: string): Promise<Core> {
  return import(new URL('packages/core/dist/index.js', new URL(root, import.meta.url)).href);
}

async function timed(slice: Slice, times: number): Promise<number> {
  const start = process.hrtime.bigint();
  for (let time = 0; time < times; time += 1) await slice();
  return Number(process.hrtime.bigint() - start);
}

/** Makes what each case does with one request: open, load, use, seal. */
async function prepare({ createSessions, memoryStore }: Core) {
  const sessions = createSessions<Counted>({ store: memoryStore(), initial: () => ({ visits: 0 }) });
  let cookie: string | undefined;
  const visit = (method: string, header: string | undefined) =>
    sessions.open({
      method,
      host: HOST,
      isSecure: true,
      ip: '192.0.2.1',
      header: (name) => (name === 'cookie' ? header : undefined),
      query: () => undefined,
      form: () => undefined,
    });
  // A client that adopts each token it is sent, until it is sent none: then the session is settled.
  for (let time = 0; time < 4; time += 1) {
    const opened = visit('POST', cookie);
    await opened.session.load();
    await opened.session.update({ visits: 1 });
    const setCookies = opened.seal().flatMap(([name, value]) => (name === 'set-cookie' ? [value] : []));
    if (setCookies.length === 0) break;
    cookie = cookieAfter(cookie, setCookies);
  }
  const header = cookie;
  let users = 0;
  return {
    anonymous: async () => {
      const opened = visit('GET', undefined);
      await opened.session.load();
      return opened.session.data.visits + opened.seal().length;
    },
    read: async () => {
      const opened = visit('GET', header);
      await opened.session.load();
      return opened.session.data.visits + opened.seal().length;
    },
    write: async () => {
      const opened = visit('POST', header);
      await opened.session.load();
      await opened.session.update((data) => {
        data.visits += 1;
      });
      return opened.seal();
    },
    signIn: async () => {
      const opened = visit('POST', undefined);
      await opened.session.load();
      // A user of its own: a list that is full costs more than the sign-in, and what it costs is another question.
      users += 1;
      await opened.session.signIn(`user-${users}`);
      return opened.seal();
    },
  };
}
