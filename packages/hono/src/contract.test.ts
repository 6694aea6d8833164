import { createServer } from 'node:http';
import { listen, testAdapterContract } from '@coatcheck/adapter-contract';
import { getRequestListener } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { describe, it } from 'vitest';
import { contractFetch } from './test-support/contract-fetch.ts';

testAdapterContract(
  { describe, it },
  {
    serve: (app) => {
      const fetch = contractFetch(app, (c) => getConnInfo(c).remote.address);
      return listen(createServer(getRequestListener(fetch)));
    },
  },
);
