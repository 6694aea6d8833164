import { testAdapterContract } from '@coatcheck/adapter-contract';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { WorkerRuntime } from './worker-runtime.ts';

describe('on workerd', () => {
  const runtime = new WorkerRuntime();

  beforeAll(() => runtime.start(), 120_000);
  afterAll(() => runtime.stop());

  testAdapterContract({ describe, it }, runtime);
});
