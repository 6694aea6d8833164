// Measures what a bound session costs a request that reads it, beside one that is not bound: `pnpm --filter bench device-binding`. Fails if it is more than a microsecond.
import { createSessions, memoryStore, type RequestView, type Sessions } from '@coatcheck/core';
import { deviceBinding } from '@coatcheck/core/device-binding';
import { deviceKey } from '../packages/core/test/support/device-key.ts';
import { bestOfRounds, median } from './src/measure/interleave.ts';

const PATH = '/session/device';
const REQUESTS = 20_000;
const LIMIT = 1;
const ROUNDS = { rounds: 9, tries: 5 };

interface Side {
  readonly name: string;
  readonly sessions: Sessions<object>;
  readonly view: RequestView;
}

const sides = [await prepare('unbound', false), await prepare('bound', true)];
for (const side of sides) await measure(side);
const runs = await bestOfRounds(sides, ROUNDS, measure, Math.min);
const [unbound = Number.NaN, bound = Number.NaN] = sides.map((side) => median(runs.get(side) ?? []));
for (const [name, time] of Object.entries({ unbound, bound })) console.log(`${name}: ${time.toFixed(2)} us`);
console.log(`overhead of a bound read: ${(bound - unbound).toFixed(2)} us, at most ${LIMIT}`);
process.exitCode = bound - unbound <= LIMIT ? 0 : 1;

/** Signs a user in, and lets a toy of a browser bind the session. */
async function prepare(name: string, binds: boolean): Promise<Side> {
  const sessions = createSessions<object>({ store: memoryStore(), deviceBinding: deviceBinding() });
  const visit = sessions.open(viewOf({}));
  await visit.session.load();
  await visit.session.signIn('ada', { bind: binds });
  const headers = new Map(visit.seal().map(([header, value]) => [header, value]));
  const token = pairOf(headers.get('set-cookie'));
  if (!binds) return { name, sessions, view: viewOf({ cookie: token }) };
  const challenge = headers.get('secure-session-registration')?.split('"')[3] ?? '';
  const proof = await (await deviceKey()).sign(challenge, true);
  const response = await sessions.open(viewOf({ 'secure-session-response': proof }, 'POST')).respond();
  const cookie = pairOf(response?.headers.find(([header]) => header === 'set-cookie')?.[1]);
  const view = viewOf({ cookie: `${token}; ${cookie}` });
  const { session } = sessions.open(view);
  if (!(await session.load()).isBound()) throw new Error('The session must be bound; it is not.');
  return { name, sessions, view };
}

/** Returns the time of one read, in microseconds. */
async function measure({ sessions, view }: Side): Promise<number> {
  const began = process.hrtime.bigint();
  for (let i = 0; i < REQUESTS; i += 1) {
    const visit = sessions.open(view);
    void visit.load();
    if (visit.session.userId !== 'ada') throw new Error('The session must be served; it is not.');
    visit.seal();
  }
  return Number(process.hrtime.bigint() - began) / 1000 / REQUESTS;
}

function pairOf(line: string | undefined): string {
  return line?.split(';', 1)[0] ?? '';
}

function viewOf(headers: Readonly<Record<string, string>>, method = 'GET'): RequestView {
  return {
    method,
    path: PATH,
    host: 'shop.example',
    ip: '203.0.113.7',
    header: (name) => headers[name],
    query: () => undefined,
    form: () => undefined,
  };
}
