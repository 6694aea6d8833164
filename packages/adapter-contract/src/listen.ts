import { once } from 'node:events';
import type { Server } from 'node:http';
import type { ServedApp } from './adapter-under-test.ts';

/** Has a server of `node:http` listen on a free port of the loopback interface: what `serve` returns for it. */
export async function listen(server: Server): Promise<ServedApp> {
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server listens on no port.');
  return {
    url: `http://localhost:${address.port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
