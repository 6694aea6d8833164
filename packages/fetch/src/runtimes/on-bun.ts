import type { ContractApp } from '@coatcheck/adapter-contract/app';
import { type BunServer, listenOnBun } from '@coatcheck/runtimes/bun';
import { serveOrders } from '@coatcheck/runtimes/serve-orders';
import { open } from '../index.ts';
import { contractFetch } from '../test-support/contract-fetch.ts';

await serveOrders(async (app) => {
  const fetch = contractFetch(app);
  return listenOnBun((request, server) => {
    if (
      request.headers.get('upgrade') === 'websocket' &&
      new URL(request.url).pathname.startsWith('/upgrade/')
    )
      return upgrade(app, request, server);
    return fetch(request, { ip: server.requestIP(request)?.address });
  });
});

/** Bun responds to an upgrade itself, with the headers that it is given. */
async function upgrade(
  { mounts: [mount] }: ContractApp,
  request: Request,
  server: BunServer,
): Promise<undefined> {
  if (mount === undefined) return;
  const { session, finish } = open(mount.sessions, request);
  await session.update({ count: 1 });
  server.upgrade(request, { headers: finish(new Response()).headers });
}
