import { type AdapterUnderTest, testAdapterContract } from '@coatcheck/adapter-contract';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { argumentsFor, bin } from './binaries.ts';
import { ChildRuntime } from './child-runtime.ts';
import { findNode } from './node-binary.ts';
import { WorkerRuntime } from './worker-runtime.ts';

/** Serves apps of the contract until it is stopped. */
export interface Runtime extends AdapterUnderTest {
  stop(): Promise<void>;
}

/** The files that serve the contract's app in each runtime: with `serveOrders` on Node.js, Bun and Deno, with `makeWorker` in workerd. */
export interface RuntimeFiles {
  readonly node: URL;
  readonly bun: URL;
  readonly deno: URL;
  readonly worker: URL;
}

/** Starts Bun, Deno or workerd with a file of `RuntimeFiles`. */
export const startRuntime: Readonly<Record<'bun' | 'deno' | 'worker', (file: URL) => Promise<Runtime>>> = {
  bun: (file) => startChild(bin('bun'), [], file),
  deno: (file) => startChild(bin('deno'), ['run', '-A', '--no-lock'], file),
  worker: async (file) => {
    const runtime = new WorkerRuntime(file);
    await runtime.start();
    return runtime;
  },
};

/** Runs the adapter contract in every runtime but the one that runs the tests. */
export function testOnRuntimes({ node, bun, deno, worker }: RuntimeFiles): void {
  const onNode = async (version: string) => startChild(await findNode(version), [], node);
  const runtimes: readonly { name: string; start: () => Promise<Runtime> }[] = [
    { name: 'Node.js 22', start: () => onNode('22.23.3') },
    { name: 'Node.js 26', start: () => onNode('26.9.0') },
    { name: 'Bun', start: () => startRuntime.bun(bun) },
    { name: 'Deno', start: () => startRuntime.deno(deno) },
    { name: 'workerd', start: () => startRuntime.worker(worker) },
  ];

  describe.each(runtimes)('on $name', ({ start }) => {
    let runtime: Runtime;

    beforeAll(async () => {
      runtime = await start();
    }, 120_000);
    afterAll(() => runtime.stop());

    testAdapterContract({ describe, it }, { serve: (app) => runtime.serve(app) });
  });
}

async function startChild(command: string, args: readonly string[], file: URL): Promise<ChildRuntime> {
  return new ChildRuntime(command, [...args, ...(await argumentsFor(file))]).ready();
}
