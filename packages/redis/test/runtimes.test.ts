import { ALL_PASSED, outputOf } from '@coatcheck/runtimes/store-clauses';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestServer } from './support/server.ts';

const PROGRAM = new URL('./support/on-runtime.ts', import.meta.url);

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

it.each(['bun', 'deno'] as const)(
  'passes the contract with node-redis and ioredis, except for its clauses between processes, in %s',
  async (runtime) => {
    expect(await outputOf(runtime, PROGRAM, runtime, String(server.port))).toMatch(ALL_PASSED);
  },
  90_000,
);
