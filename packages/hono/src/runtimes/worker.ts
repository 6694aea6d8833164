import { makeWorker, type Worker } from '@coatcheck/runtimes/worker';
import { contractFetch } from '../test-support/contract-fetch.ts';

const worker: Worker = makeWorker((app) => {
  const fetch = contractFetch(app, () => undefined);
  return (request, execution) =>
    fetch(
      request,
      { goesOn: true },
      {
        waitUntil: (promise) => execution.waitUntil(promise),
        passThroughOnException: () => execution.passThroughOnException(),
        props: {},
      },
    );
});

// biome-ignore lint/style/noDefaultExport: the form of a worker's module.
export default worker;
