import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Serves a built app and tries its cart over HTTP: `GET /cart` lists it as JSON, `POST /cart` adds a coat, and without one signs out.
 *
 * @param {string} app
 * @param {readonly string[]} serve
 * @param {NodeJS.ProcessEnv} env
 */
export async function checkCart(app, serve, env) {
  const port = await findPort();
  const child = spawn(process.execPath, serve, {
    cwd: app,
    env: { ...env, HOST: '127.0.0.1', PORT: String(port), NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  try {
    await listening(port, child);
    await tryCart(`http://localhost:${port}`);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${output}`, { cause: error });
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
}

/** @param {string} origin */
async function tryCart(origin) {
  /** @param {string} cookie @param {Record<string, string>} [fields] @param {Record<string, string>} [headers] */
  const post = (cookie, fields = {}, headers = { 'sec-fetch-site': 'same-origin', origin }) =>
    fetch(`${origin}/cart`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { ...headers, cookie },
      redirect: 'manual',
    });
  /** @param {string} cookie */
  const cart = async (cookie) => (await fetch(`${origin}/cart`, { headers: { cookie } })).json();

  const first = await post('', { sku: 'coat' });
  equal(first.status, 303);
  const [token = ''] = first.headers.getSetCookie();
  match(token, /^__Host-session=[\w-]{65}; /);
  const cookie = token.split(';', 1)[0] ?? '';
  const added = await Promise.all(Array.from({ length: 20 }, () => post(cookie, { sku: 'coat' })));
  deepEqual(
    added.map(({ status }) => status),
    Array(20).fill(303),
  );
  equal((await cart(cookie)).length, 21);
  const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://other.example' };
  equal((await post(cookie, { sku: 'coat' }, elsewhere)).status, 403);
  const signedOut = await post(cookie);
  match(signedOut.headers.getSetCookie()[0] ?? '', /^__Host-session=;/);
  deepEqual(await cart(cookie), []);
}

/**
 * Waits until a program accepts connections on a port, or has ended.
 *
 * @param {number} port
 * @param {import('node:child_process').ChildProcess} child
 */
async function listening(port, child) {
  const deadline = Date.now() + 60_000;
  while (child.exitCode === null && Date.now() < deadline) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The server does not listen; its exit code is ${child.exitCode}.`);
}

async function findPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The server must have a port.');
  return address.port;
}
