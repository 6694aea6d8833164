import { afterAll, beforeAll, describe, vi } from 'vitest';
import { SENTINEL_CLIENTS, SINGLE_CLIENTS } from './support/clients.ts';
import { describeContract } from './support/contract.ts';
import { TestServer } from './support/server.ts';

// The clause about several processes starts four of them.
vi.setConfig({ testTimeout: 20_000 });

describe('with one server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server.stop());

  for (const kind of Object.keys(SINGLE_CLIENTS)) describeContract(kind, () => [server.port]);
});

describe('with a server behind a sentinel', () => {
  let server: TestServer;
  let sentinel: TestServer;
  beforeAll(async () => {
    // In the clauses about failures, node-redis 5 prints that it could not reach a sentinel.
    vi.spyOn(console, 'log').mockImplementation(() => {});
    server = await TestServer.start();
    sentinel = await TestServer.startSentinel(server);
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await Promise.all([server.stop(), sentinel.stop()]);
  });

  for (const kind of Object.keys(SENTINEL_CLIENTS)) describeContract(kind, () => [sentinel.port]);
});
