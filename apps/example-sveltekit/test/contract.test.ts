import { fileURLToPath } from 'node:url';
import { testAdapterContract } from '@coatcheck/adapter-contract';
import { ChildRuntime } from '@coatcheck/runtimes/child-runtime';
import { buildApp, PATIENCE } from '@coatcheck/shop-common/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';

const serveContract = fileURLToPath(new URL('./serve-contract.ts', import.meta.url));

describe('SvelteKit, on its production server', () => {
  let runtime: ChildRuntime;
  beforeAll(async () => {
    await buildApp(new URL('./contract/', import.meta.url), ['vite', 'build']);
    runtime = await new ChildRuntime(process.execPath, [serveContract]).ready();
  }, PATIENCE);
  afterAll(() => runtime?.stop());

  testAdapterContract({ describe, it }, { serve: (app) => runtime.serve(app) });
});
