import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

/** Serves requests on a free port of the loopback and gives the port. The process's end closes it. */
export async function listenWith(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port');
  return address.port;
}
