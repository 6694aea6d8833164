import { listenOnDeno } from '@coatcheck/runtimes/deno';
import { serveOrders } from '@coatcheck/runtimes/serve-orders';
import { getConnInfo } from 'hono/deno';
import { contractFetch } from '../test-support/contract-fetch.ts';

await serveOrders(async (app) => listenOnDeno(contractFetch(app, (c) => getConnInfo(c).remote.address)));
