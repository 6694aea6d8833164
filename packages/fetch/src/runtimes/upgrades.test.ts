import { once } from 'node:events';
import { get } from 'node:http';
import { contractApp } from '@coatcheck/adapter-contract';
import { startRuntime } from '@coatcheck/runtimes';
import { expect, it } from 'vitest';

const FILES = { bun: './on-bun.ts', deno: './on-deno.ts', worker: './worker.ts' } as const;

it.each(['bun', 'deno', 'worker'] as const)(
  'brings the token with the response to a WebSocket upgrade: %s',
  async (name) => {
    const runtime = await startRuntime[name](new URL(FILES[name], import.meta.url));
    const { url, close } = await runtime.serve(contractApp('plain'));
    const headers = {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const [response, socket] = await once(get(`${url}/upgrade/session.add`, { headers }), 'upgrade');
    expect(response.statusCode).toBe(101);
    expect(response.headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-session=[\w-]{65}; /)]);
    socket.destroy();
    await close();
    await runtime.stop();
  },
  120_000,
);
