import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { contractApp, listen, type ServedApp } from '@coatcheck/adapter-contract';
import { startRuntime } from '@coatcheck/runtimes';
import { getRequestListener } from '@hono/node-server';
import { expect, it } from 'vitest';
import { contractFetch } from '../test-support/contract-fetch.ts';

const FILES = { bun: './on-bun.ts', deno: './on-deno.ts', worker: './worker.ts' } as const;
const UPGRADE = {
  connection: 'upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

async function request(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  const [response]: IncomingMessage[] = await once(get(url, { headers }), 'response');
  if (response === undefined) throw new Error(`${url} must respond.`);
  return { status: response.statusCode ?? 0, body: await text(response) };
}

async function start(name: 'node' | keyof typeof FILES): Promise<ServedApp> {
  const app = contractApp('plain');
  if (name === 'node') return listen(createServer(getRequestListener(contractFetch(app, () => undefined))));
  const runtime = await startRuntime[name](new URL(FILES[name], import.meta.url));
  const { url, close } = await runtime.serve(app);
  return {
    url,
    close: async () => {
      await close();
      await runtime.stop();
    },
  };
}

it.each(['node', 'bun', 'deno', 'worker'] as const)(
  'rejects a grant during a WebSocket upgrade before anything is written: %s',
  async (name) => {
    const { url, close } = await start(name);
    const refused = await request(`${url}/text/session.add`, UPGRADE);
    const { body } = await request(`${url}/text/kit.events`, {});
    const store = await request(`${url}/text/kit.store`, {});
    await close();
    expect(refused).toEqual({ status: 500, body: 'failed' });
    expect(body).toContain('ERR_RESPONSE_SEALED');
    expect(store.body).toContain('"writes":0');
  },
  120_000,
);
