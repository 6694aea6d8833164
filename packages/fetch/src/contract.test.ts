import { createServer } from 'node:http';
import { listen, testAdapterContract } from '@coatcheck/adapter-contract';
import { getRequestListener } from '@hono/node-server';
import { describe, it } from 'vitest';
import { type ContractFetch, contractFetch, contractFetchInTwoSteps } from './test-support/contract-fetch.ts';

describe('withSession()', () => {
  testAdapterContract({ describe, it }, { serve: (app) => listen(serverOf(contractFetch(app))) });
});

describe('open() and finish()', () => {
  testAdapterContract({ describe, it }, { serve: (app) => listen(serverOf(contractFetchInTwoSteps(app))) });
});

function serverOf(fetch: ContractFetch) {
  return createServer(
    getRequestListener((request, { incoming }) => fetch(request, { ip: incoming.socket.remoteAddress })),
  );
}
