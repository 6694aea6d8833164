import { fileURLToPath } from 'node:url';
import { testAdapterContract } from '@coatcheck/adapter-contract';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ChildRuntime } from './child-runtime.ts';
import { findNode } from './node-binary.ts';

const CONDITION = '--conditions=@coatcheck/source';
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const bin = (name: string) => file(`../../node_modules/.bin/${name}`);

const CHILDREN: readonly { name: string; start: () => Promise<ChildRuntime> }[] = [
  { name: 'Node.js 22', start: () => onNode('22.23.3') },
  { name: 'Node.js 26', start: () => onNode('26.9.0') },
  { name: 'Bun', start: async () => new ChildRuntime(bin('bun'), [CONDITION, file('./on-bun.ts')]) },
  {
    name: 'Deno',
    start: async () =>
      new ChildRuntime(bin('deno'), ['run', '-A', '--no-lock', CONDITION, file('./on-deno.ts')]),
  },
];

async function onNode(version: string): Promise<ChildRuntime> {
  return new ChildRuntime(await findNode(version), [CONDITION, file('./on-node.ts')]);
}

// Node.js 24 is what contract.test.ts runs on.
describe.each(CHILDREN)('on $name', ({ start }) => {
  let runtime: ChildRuntime;

  beforeAll(async () => {
    runtime = await (await start()).ready();
  }, 120_000);
  afterAll(() => runtime.stop());

  testAdapterContract({ describe, it }, { serve: (app) => runtime.serve(app) });
});
