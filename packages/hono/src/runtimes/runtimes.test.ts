import { testOnRuntimes } from '@coatcheck/runtimes';

// contract.test.ts covers Node.js 24.
testOnRuntimes({
  node: new URL('./on-node.ts', import.meta.url),
  bun: new URL('./on-bun.ts', import.meta.url),
  deno: new URL('./on-deno.ts', import.meta.url),
  worker: new URL('./worker.ts', import.meta.url),
});
