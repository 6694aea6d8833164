import { once } from 'node:events';
import type { Server } from 'node:http';
import type { ServedApp } from './adapter-under-test.ts';

/**
 * Makes a `node:http` server listen on a free port of the loopback interface. Resolves to what `serve` must return.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { describe, it } from 'vitest';
 *
 * testAdapterContract({ describe, it }, { serve: (app) => listen(createServer(serverOf(app))) });
 * ```
 */
export async function listen(server: Server): Promise<ServedApp> {
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null)
    throw new Error(
      'listen must get a server that listens on a TCP port; it listens on a pipe or not at all.',
    );
  return {
    url: `http://localhost:${address.port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
