import { makeWorker, type Worker } from '@coatcheck/runtimes/worker';
import { contractFetch } from '../test-support/contract-fetch.ts';

const worker: Worker = makeWorker((app) => {
  const fetch = contractFetch(app, () => undefined);
  return (request, execution) =>
    fetch(
      request,
      { keepsRunning: true },
      {
        waitUntil: (promise) => execution.waitUntil(promise),
        passThroughOnException: () => execution.passThroughOnException(),
        props: {},
      },
    );
});

// biome-ignore lint/style/noDefaultExport: a worker module must have one.
export default worker;
