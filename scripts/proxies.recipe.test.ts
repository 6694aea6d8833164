// Runs the configurations of docs/behind-a-proxy.md in the proxies of Debian, in front of the Express app of that page.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOf, findBlocks } from './check-docs.blocks.mjs';
import { findSystemProgram } from './setup-system.mjs';

const page = new URL('../docs/behind-a-proxy.md', import.meta.url);
/** Inside docs, so that the page's imports resolve. */
const workplace = new URL('../docs/.proxies/', import.meta.url);
const TIMEOUT_MS = 30_000;

const blocks = findBlocks(readFileSync(page, 'utf8'));

/** What the page's app does not have. */
const ROUTES = `
import { WebSocketServer } from 'ws';
app.get('/', (req, res) => res.json({ ip: req.ip, cart: req.session.data.cart }));
app.post('/', async (req, res) => {
  await req.session.update((data) => { data.cart.push('coat'); });
  res.redirect(303, '/');
});
app.get('/events', (_req, res) => {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  res.write('data: first\\n\\n');
});
export { app };
export const echo = (server) => {
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (message) => socket.send(String(message)));
  });
};
`;

/** Returns the block of the page in a language, with its port and the app's put in. */
function configuration(language: string, from: RegExp, to: string, app: number): string {
  const block = blocks.find((each) => each.language === language)?.lines.join('\n') ?? '';
  expect(block).toMatch(from);
  expect(block).toContain('127.0.0.1:3000');
  return block.replace(from, to).replace('127.0.0.1:3000', `127.0.0.1:${app}`);
}

/** How to run each proxy in a folder of its own: its configuration, its arguments and what else it writes to. */
const PROXIES: Readonly<
  Record<string, (folder: string, port: number, app: number) => readonly [config: string, ...args: string[]]>
> = {
  nginx: (folder, port, app) => {
    const tls = /listen 443 ssl;[\s\S]*?ssl_certificate_key .*;/;
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const config = `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
events {}
http {
  access_log off;
  ${paths.map((path) => `${path}_temp_path ${folder}/${path};`).join('\n  ')}
${configuration('nginx', tls, `listen 127.0.0.1:${port};`, app)}
}`;
    return [config, '-p', folder, '-e', 'stderr', '-c', `${folder}/config`];
  },
  caddy: (folder, port, app) => [
    `{\n  admin off\n}\n${configuration('caddyfile', /shop\.example/, `http://localhost:${port}`, app)}`,
    ...['run', '--adapter', 'caddyfile', '--config', `${folder}/config`],
  ],
};

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

beforeAll(() => {
  const app = [...filesOf(blocks).files.values()].find((source) => source.includes("'trust proxy', 1"));
  mkdirSync(workplace, { recursive: true });
  writeFileSync(new URL('app.ts', workplace), `${app}${ROUTES}`);
});
afterAll(() => rmSync(workplace, { recursive: true, force: true }));

describe.each(Object.entries(PROXIES))('behind %s', { timeout: TIMEOUT_MS }, (name, configure) => {
  let folder: string;
  let server: Server;
  let proxy: ChildProcess;
  let origin: string;
  let output = '';

  beforeAll(async () => {
    const { app, echo } = await import(new URL('app.ts', workplace).href);
    server = createServer(app);
    echo(server);
    folder = mkdtempSync(join(tmpdir(), 'coatcheck-proxy-'));
    const port = await freePort();
    origin = `http://localhost:${port}`;
    const [config, ...args] = configure(folder, port, await listen(server));
    writeFileSync(join(folder, 'config'), config);
    const program = findSystemProgram(name);
    if (program === undefined) throw new Error(`${name} is missing: run node scripts/setup-system.mjs.`);
    proxy = spawn(program, args, {
      env: { ...process.env, HOME: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    proxy.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    for (;;) {
      if (
        await fetch(origin).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break;
      if (proxy.exitCode !== null) throw new Error(`${name} exited with ${proxy.exitCode}:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }, TIMEOUT_MS);
  afterAll(async () => {
    server?.close();
    server?.closeAllConnections();
    if (proxy?.exitCode === null) {
      proxy.kill('SIGKILL');
      await once(proxy, 'exit');
    }
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  let browsers = 0;
  const post = (headers: Readonly<Record<string, string>>) => {
    // Without a cookie each is another browser, since one that lost its cookie gives a warning.
    browsers += 1;
    const init = { method: 'POST', redirect: 'manual' } as const;
    return fetch(origin, { ...init, headers: { 'user-agent': `browser ${browsers}`, ...headers } });
  };

  it('the cookie is Secure, and opens the session again', async () => {
    const [header = ''] = (await post({})).headers.getSetCookie();
    expect(header).toMatch(/^__Host-session=.*; Secure/);
    const cookie = header.split(';', 1)[0] ?? '';
    expect(await (await fetch(origin, { headers: { cookie } })).json()).toMatchObject({ cart: ['coat'] });
  });

  it('a form of the own site is served by its Origin alone, and one of another site is not', async () => {
    expect((await post({ origin })).status).toBe(303);
    expect((await post({ origin: 'https://other.example' })).status).toBe(403);
    expect((await post({ origin: 'http://localhost' })).status).toBe(403);
  });

  it('a client cannot forge its address', async () => {
    const response = await fetch(origin, {
      headers: { 'x-forwarded-for': '203.0.113.9', 'user-agent': 'another browser' },
    });
    expect(await response.json()).toMatchObject({
      ip: expect.stringMatching(/^(?:::1|(?:::ffff:)?127\.0\.0\.1)$/),
    });
  });

  it('an event arrives while its stream goes on', async () => {
    const stop = new AbortController();
    const { body } = await fetch(`${origin}/events`, { signal: stop.signal });
    const { value } = (await body?.getReader().read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe('data: first\n\n');
    stop.abort();
  });

  it('a WebSocket opens', async () => {
    const socket = new WebSocket(origin.replace('http', 'ws'));
    socket.addEventListener('open', () => socket.send('hello'));
    const [event] = await once(socket, 'message');
    expect(event).toMatchObject({ data: 'hello' });
    socket.close();
  });
});
