import { makeWorker, upgradeInWorker, type Worker } from '@coatcheck/runtimes/worker';
import { contractFetch } from '../test-support/contract-fetch.ts';

const worker: Worker = makeWorker((app) => {
  const fetch = contractFetch(app);
  return (request, execution) =>
    fetch(request, { waitUntil: (promise) => execution.waitUntil(promise), upgrade: upgradeInWorker });
});

// biome-ignore lint/style/noDefaultExport: the form of a worker's module.
export default worker;
