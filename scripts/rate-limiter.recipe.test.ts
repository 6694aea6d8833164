// The recipes of docs/errors-and-events.md that limit sign-ins and anonymous sessions, as they stand there.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOf, findBlocks } from './check-docs.blocks.mjs';

const page = new URL('../docs/errors-and-events.md', import.meta.url);
/** Inside docs, from where the recipes find what they import. */
const workplace = new URL('../docs/.limits/', import.meta.url);

/** The app's own part, which the page leaves to the reader. */
const CHECK_PASSWORD = `
  if (password === 'right') return { id: email };
  return undefined;
`;

const servers: Server[] = [];
let limiter: string;
let sessions: string;

beforeAll(async () => {
  const { files } = filesOf(findBlocks(readFileSync(page, 'utf8')));
  mkdirSync(workplace, { recursive: true });
  limiter = await serve('rate-limiter.ts', (text) =>
    text.replace(/^ {2}return undefined;.*$/m, CHECK_PASSWORD),
  );
  sessions = await serve('new-sessions.ts', (text) => text);

  async function serve(name: string, complete: (text: string) => string): Promise<string> {
    const text = complete(files.get(name) ?? '').replace(
      'const app = express();',
      // So that a test can choose its address.
      "const app = express();\napp.set('trust proxy', true);",
    );
    writeFileSync(new URL(name, workplace), `${text}\nexport { app };\n`);
    const { app }: { app: RequestListener } = await import(new URL(name, workplace).href);
    const server = createServer(app);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }
});

afterAll(() => {
  for (const server of servers) server.close();
  rmSync(workplace, { recursive: true, force: true });
});

async function signIn(ip: string, email: string, password: string): Promise<number> {
  const { status } = await fetch(`${limiter}/sign-in`, {
    method: 'POST',
    headers: { 'x-forwarded-for': ip },
    body: new URLSearchParams({ email, password }),
    redirect: 'manual',
  });
  return status;
}

describe('the rate limiter', () => {
  it('refuses guesses at many accounts from one address, though one of them signs in between', async () => {
    let guesses = 0;
    for (let i = 0; i < 150; i += 1) {
      if (i % 10 === 9) await signIn('192.0.2.1', 'mallory', 'right');
      if ((await signIn('192.0.2.1', `user-${i}`, 'wrong')) === 401) guesses += 1;
    }
    expect(guesses).toBe(100);
  });

  it('refuses guesses at one account from many addresses', async () => {
    let guesses = 0;
    for (let i = 0; i < 50; i += 1) {
      if ((await signIn(`198.51.100.${i}`, 'alice', 'wrong')) === 401) guesses += 1;
    }
    expect(guesses).toBe(20);
    expect(await signIn('198.51.100.99', 'alice', 'right')).toBe(429);
  });

  it('refunds the point of a success, so that honest users are never rejected', async () => {
    for (let i = 0; i < 120; i += 1) expect(await signIn('203.0.113.7', 'bob', 'right')).toBe(303);
  });
});

describe('the limit of anonymous sessions', () => {
  const add = (ip: string, cookie = '') =>
    fetch(`${sessions}/cart`, {
      method: 'POST',
      headers: { 'x-forwarded-for': ip, cookie },
      redirect: 'manual',
    });

  it('refuses the 61st of an address, and serves its visitors and other addresses', async () => {
    const first = await add('192.0.2.1');
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    let granted = 1;
    for (let i = 0; i < 80; i += 1) if ((await add('192.0.2.1')).status === 303) granted += 1;
    expect(granted).toBe(60);
    const refused = await add('192.0.2.1');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('set-cookie')).toBeNull();
    expect((await add('192.0.2.1', cookie)).status).toBe(303);
    expect((await add('203.0.113.7')).status).toBe(303);
  });
});
