import { listenOnDeno, upgradeOnDeno } from '@coatcheck/runtimes/deno';
import { serveOrders } from '@coatcheck/runtimes/serve-orders';
import { contractFetch } from '../test-support/contract-fetch.ts';

await serveOrders(async (app) => {
  const fetch = contractFetch(app);
  return listenOnDeno((request, { remoteAddr }) =>
    fetch(request, { ip: remoteAddr.hostname, upgrade: upgradeOnDeno }),
  );
});
