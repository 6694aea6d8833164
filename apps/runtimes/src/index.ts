import { fileURLToPath } from 'node:url';
import { testAdapterContract } from '@coatcheck/adapter-contract';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ChildRuntime } from './child-runtime.ts';
import { findNode } from './node-binary.ts';
import { WorkerRuntime } from './worker-runtime.ts';

const CONDITION = '--conditions=@coatcheck/source';
const bin = (name: string) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));

/** Names a file that serves the contract's app in each runtime: on Node.js, Bun and Deno by `serveOrders`, in workerd by `makeWorker`. */
export interface RuntimeFiles {
  readonly node: URL;
  readonly bun: URL;
  readonly deno: URL;
  readonly worker: URL;
}

/** Runs the adapter contract in every runtime but the one that runs the tests. */
export function testOnRuntimes({ node, bun, deno, worker }: RuntimeFiles): void {
  const onNode = async (version: string) => child(await findNode(version), [CONDITION], node);
  const children: readonly { name: string; start: () => Promise<ChildRuntime> }[] = [
    { name: 'Node.js 22', start: () => onNode('22.23.3') },
    { name: 'Node.js 26', start: () => onNode('26.9.0') },
    { name: 'Bun', start: async () => child(bin('bun'), [CONDITION], bun) },
    {
      name: 'Deno',
      start: async () => child(bin('deno'), ['run', '-A', '--no-lock', CONDITION], deno),
    },
  ];

  describe.each(children)('on $name', ({ start }) => {
    let runtime: ChildRuntime;

    beforeAll(async () => {
      runtime = await (await start()).ready();
    }, 120_000);
    afterAll(() => runtime.stop());

    testAdapterContract({ describe, it }, { serve: (app) => runtime.serve(app) });
  });

  describe('on workerd', () => {
    const runtime = new WorkerRuntime(worker);

    beforeAll(() => runtime.start(), 120_000);
    afterAll(() => runtime.stop());

    testAdapterContract({ describe, it }, runtime);
  });
}

function child(command: string, args: readonly string[], file: URL): ChildRuntime {
  return new ChildRuntime(command, [...args, fileURLToPath(file)]);
}
